/**
 * What a scrape may not wait for, such as an answer of the database: each is told what was read after the one before. Nothing is read
 * where nobody scrapes.
 */
export class BetweenScrapes<T> {
  private known: T;
  private isReading = false;

  /** @param unknown what is told before anything was read, and where that failed */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly unknown: T,
  ) {
    this.known = unknown;
  }

  now(): T {
    const { known } = this;
    if (!this.isReading) void this.readNext();
    return known;
  }

  private async readNext(): Promise<void> {
    this.isReading = true;
    try {
      this.known = await this.read();
    } catch {
      this.known = this.unknown;
    } finally {
      this.isReading = false;
    }
  }
}

/**
 * What clients saw of registers, each written by one writer after the other with 1, 2, 3 …, all times on one clock.
 * Register 'a' holds 0 before its first write.
 */
export class History {
  private readonly writes = new Map<string, Write[]>();
  private readonly reads: Read[] = [];

  /** Note a write around carrying it out; `value` must be one more than the register's last. */
  async write(register: string, value: number, carryOut: () => Promise<void>): Promise<void> {
    const write: Write = { value, startedAt: performance.now(), ackedAt: Infinity };
    const writes = this.writes.get(register) ?? [];
    this.writes.set(register, writes);
    if (value !== writes.length + 1) throw new Error(`write ${value} of ${register} comes after ${writes.length}`);
    writes.push(write);
    await carryOut();
    write.ackedAt = performance.now();
  }

  /** Note a read of many registers at once around carrying it out. */
  async read(carryOut: () => Promise<ReadonlyMap<string, number>>): Promise<void> {
    const startedAt = performance.now();
    const values = await carryOut();
    this.reads.push({ values, startedAt, endedAt: performance.now() });
  }

  get size(): Readonly<{ reads: number; writes: number }> {
    return { reads: this.reads.length, writes: [...this.writes.values()].reduce((sum, { length }) => sum + length, 0) };
  }

  /**
   * Whatever is not linearizable: a value older than a write acknowledged before the read began (less `maxStalenessMs`),
   * one whose write had not started when the read ended, or one older than a read that had ended before saw.
   */
  violations(maxStalenessMs = 0): readonly string[] {
    const registers = new Set(this.reads.flatMap(({ values }) => [...values.keys()]));
    return [...registers].flatMap((register) => this.violationsOf(register, maxStalenessMs));
  }

  private violationsOf(register: string, maxStalenessMs: number): readonly string[] {
    const writes = this.writes.get(register) ?? [];
    const found: string[] = [];
    const reads = this.reads.flatMap(({ values, ...times }) => {
      const value = values.get(register);
      return value === undefined ? [] : [{ value, ...times }];
    });
    const byEnd = [...reads].sort((a, b) => a.endedAt - b.endedAt);
    let seen = 0;
    let ended = 0;
    for (const { value, startedAt, endedAt } of reads.sort((a, b) => a.startedAt - b.startedAt)) {
      for (let read = byEnd[ended]; read !== undefined && read.endedAt < startedAt; read = byEnd[(ended += 1)]) {
        seen = Math.max(seen, read.value);
      }
      const acked = countWhere(writes, ({ ackedAt }) => ackedAt < startedAt - maxStalenessMs);
      const begun = countWhere(writes, (write) => write.startedAt < endedAt);
      const at = `${register} read as ${value} from ${startedAt.toFixed(2)} to ${endedAt.toFixed(2)}`;
      if (value < acked) found.push(`${at}: stale, ${acked} was acknowledged`);
      if (!(value <= begun)) found.push(`${at}: only ${begun} writes had started`);
      if (value < seen) found.push(`${at}: ${seen} had been read before`);
    }
    return found;
  }
}

type Write = { readonly value: number; readonly startedAt: number; ackedAt: number };
type Read = Readonly<{ values: ReadonlyMap<string, number>; startedAt: number; endedAt: number }>;

/** How many writes from the first on hold the condition, which holds for none after one it does not hold for. */
function countWhere(writes: readonly Write[], holds: (write: Write) => boolean): number {
  let low = 0;
  let high = writes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const write = writes[middle];
    if (write !== undefined && holds(write)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export type BufferLimits = Readonly<{ maxLines: number; maxBytes: number }>;

/** First in, first out, within both limits at all times: what does not fit pushes out the oldest. A ring, so each step is O(1). */
export class LineBuffer {
  readonly #ring: (string | undefined)[];
  #head = 0;
  #size = 0;
  #bytes = 0;

  constructor(private readonly limits: BufferLimits) {
    this.#ring = new Array<string | undefined>(limits.maxLines);
  }

  get size(): number {
    return this.#size;
  }

  /** In UTF-8. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Answers how many lines were lost by it; that is `line` itself alone where it is longer than the whole buffer. */
  push(line: string): number {
    const bytes = Buffer.byteLength(line);
    if (bytes > this.limits.maxBytes || this.limits.maxLines < 1) return 1;
    let lost = 0;
    for (; this.#size === this.limits.maxLines || this.#bytes + bytes > this.limits.maxBytes; lost++) this.shift();
    this.#ring[(this.#head + this.#size) % this.limits.maxLines] = line;
    this.#size++;
    this.#bytes += bytes;
    return lost;
  }

  shift(): string | undefined {
    const line = this.#ring[this.#head];
    if (line === undefined) return undefined;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.limits.maxLines;
    this.#size--;
    this.#bytes -= Buffer.byteLength(line);
    return line;
  }
}

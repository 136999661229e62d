/** An event of a stream (HTML, 9.2.6), with the id that it leaves as the last one; `retry` in milliseconds. */
export type ServerSentEvent = Readonly<{ id: string; event: string; data: string }> | Readonly<{ retryMs: number }>;

/** Reads events of pieces of text as they come. A comment shows that the stream lives, and is no event. */
export class EventParser {
  private rest = '';
  private fields = new Map<string, string>();
  private lastId = '';

  *read(piece: string): Generator<ServerSentEvent> {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) yield* this.line(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  private *line(line: string): Generator<ServerSentEvent> {
    if (line === '') {
      const { fields } = this;
      this.fields = new Map();
      this.lastId = fields.get('id') ?? this.lastId;
      const data = fields.get('data');
      if (data !== undefined) yield { id: this.lastId, event: fields.get('event') ?? 'message', data };
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'retry' && /^\d+$/.test(value)) yield { retryMs: Number(value) };
    const before = name === 'data' ? this.fields.get('data') : undefined;
    this.fields.set(name, before === undefined ? value : `${before}\n${value}`);
  }
}

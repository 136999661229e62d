/** No longer part of a line counts: data is not read, since an event only says that something changed. */
const LONGEST_KEPT = 100;

/**
 * What came of a stream of events: whether anything changed or may have, and the last id, which names a state; the pause before coming
 * back that it asks for.
 */
export type Heard = { hasChanged: boolean; id: string | undefined; retryMs: number | undefined };

/** Reads a stream of events (the HTML standard's text/event-stream) piece by piece. */
export class EventLines {
  private line = '';
  private hasData = false;
  private hasBegun = false;

  /** What a piece says. The first id tells where the stream begins, so that what was asked for before may be older. */
  hear(text: string): Heard {
    const heard: Heard = { hasChanged: false, id: undefined, retryMs: undefined };
    // A line may end by \r\n, whose second half then ends an empty one, which says nothing where there is no data.
    const parts = text.split(/\r\n|\n|\r/);
    for (const [index, part] of parts.entries()) {
      if (this.line.length < LONGEST_KEPT) this.line += part.slice(0, LONGEST_KEPT);
      if (index < parts.length - 1) this.take(heard);
    }
    return heard;
  }

  private take(heard: Heard): void {
    const { line } = this;
    this.line = '';
    if (line === '') {
      if (this.hasData) heard.hasChanged = true;
      this.hasData = false;
    } else if (/^data(:|$)/.test(line)) this.hasData = true;
    else if (/^id(:|$)/.test(line)) {
      heard.id = line.slice(3).trim();
      if (!this.hasBegun) heard.hasChanged = true;
      this.hasBegun = true;
    } else {
      const retry = /^retry: ?(\d{1,9})$/.exec(line)?.[1];
      if (retry !== undefined) heard.retryMs = Number(retry);
    }
  }
}

type Ending = () => unknown;

/** What was begun and must be ended: processes, databases, folders. Closing ends it in reverse order, whatever fails. */
export class Scope {
  private readonly endings: Ending[] = [];
  private closing: Promise<void> | undefined;

  get isClosed(): boolean {
    return this.closing !== undefined;
  }

  /** Has `ending` run when this closes. Where it is closed already, `ending` runs at once, and this throws. */
  defer(ending: Ending): void {
    if (this.closing === undefined) {
      this.endings.push(ending);
      return;
    }
    this.closing = this.closing.then(() => attempt(ending));
    throw new Error('the run was interrupted');
  }

  /** The result of `work` with a scope of its own, which closes when the work is done, and at the latest with this one. */
  async within<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
    const inner = new Scope();
    this.defer(() => inner.close());
    try {
      return await work(inner);
    } finally {
      await inner.close();
    }
  }

  close(): Promise<void> {
    this.closing ??= this.endAll();
    return this.closing;
  }

  private async endAll(): Promise<void> {
    for (let ending = this.endings.pop(); ending !== undefined; ending = this.endings.pop()) await attempt(ending);
  }
}

async function attempt(ending: Ending): Promise<void> {
  try {
    await ending();
  } catch (error) {
    process.stderr.write(`could not clean up: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

import { type DedicatedConnection } from '@heksher/database';
import { type OnApplicationShutdown } from '@nestjs/common';
import { inSnapshot, type SnapshotReader } from './loading.js';
import { type ReadOptions } from './read-options.js';

/** A session of its own, over which snapshots are read one after the other. */
export class SnapshotSession implements OnApplicationShutdown {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly connection: DedicatedConnection,
    private readonly options: ReadOptions,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }

  /** See `DedicatedConnection.listen`. */
  listen(...listening: Parameters<DedicatedConnection['listen']>): void {
    this.connection.listen(...listening);
  }

  /** Does the work in a transaction of its own, which sees one snapshot. Whoever is next waits for its end; who asked does not. */
  inSnapshot<T>(work: (snapshot: SnapshotReader) => Promise<T>): Promise<T> {
    const { connection } = this;
    const { timeoutMs: checkTimeoutMs, loadTimeoutMs } = this.options;
    return new Promise((resolve, reject) => {
      const read = async (snapshot: SnapshotReader): Promise<void> => resolve(await work(snapshot));
      this.last = this.last
        .then(() => inSnapshot({ connection, checkTimeoutMs, loadTimeoutMs }, read))
        .catch((error: unknown) => reject(error instanceof Error ? error : new Error(String(error))));
    });
  }
}

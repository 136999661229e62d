import { type DedicatedConnection } from '@heksher/database';
import { type OnApplicationShutdown } from '@nestjs/common';
import { inSnapshot, type Reader, type SnapshotReader } from './loading.js';
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
    return this.inTurn((reader, resolve) =>
      inSnapshot(reader, async (snapshot): Promise<void> => resolve(await work(snapshot))),
    );
  }

  /** The same without a transaction: each statement sees a snapshot of its own. */
  inOrder<T>(work: (reader: SnapshotReader) => Promise<T>): Promise<T> {
    return this.inTurn((reader, resolve) =>
      reader.connection.inOneSession(reader.checkTimeoutMs, async (connection) =>
        resolve(await work({ ...reader, connection })),
      ),
    );
  }

  private inTurn<T>(work: (reader: Reader, resolve: (result: T) => void) => Promise<void>): Promise<T> {
    const { connection } = this;
    const { timeoutMs: checkTimeoutMs, loadTimeoutMs } = this.options;
    return new Promise((resolve, reject) => {
      this.last = this.last
        .then(() => work({ connection, checkTimeoutMs, loadTimeoutMs }, resolve))
        .catch((error: unknown) => reject(error instanceof Error ? error : new Error(String(error))));
    });
  }
}

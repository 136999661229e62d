import { type Session, type Statement } from '@heksher/database';
import { Injectable } from '@nestjs/common';
import { type SnapshotReader } from './loading.js';
import { ReadOptions } from './read-options.js';
import { SnapshotSession } from './snapshot-session.js';

/**
 * The session that the feed of changes is read over: it does not wait for who looks far back. Its statements, which are few and the same for
 * each page, are prepared: to plan them takes longer than to run them.
 */
@Injectable()
export class FeedSession extends SnapshotSession {
  private readonly names = new Map<string, string>();

  constructor(options: ReadOptions) {
    super(options.feedConnection, options);
  }

  override inSnapshot<T>(work: (snapshot: SnapshotReader) => Promise<T>): Promise<T> {
    return super.inSnapshot((snapshot) => work({ ...snapshot, connection: this.preparing(snapshot.connection) }));
  }

  override inOrder<T>(work: (reader: SnapshotReader) => Promise<T>): Promise<T> {
    return super.inOrder((reader) => work({ ...reader, connection: this.preparing(reader.connection) }));
  }

  private preparing(session: Session): Session {
    return {
      query: (statement, timeoutMs) => session.query({ ...statement, name: this.nameOf(statement) }, timeoutMs),
    };
  }

  private nameOf({ text }: Statement): string {
    const name = this.names.get(text) ?? `feed_${this.names.size}`;
    this.names.set(text, name);
    return name;
  }
}

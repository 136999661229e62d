import { Injectable } from '@nestjs/common';
import { ReadOptions } from './read-options.js';
import { SnapshotSession } from './snapshot-session.js';

/** The session that the past is read over: who reads the present does not wait for it. */
@Injectable()
export class PastSession extends SnapshotSession {
  constructor(options: ReadOptions) {
    super(options.pastConnection, options);
  }
}

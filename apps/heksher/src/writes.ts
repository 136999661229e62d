import { inWriteTransaction, type WriteOrigin } from '@heksher/database';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Logger } from './modules/logging/index.js';

/** Logs a line once the write is committed, with who it was for. */
export type LogWrite = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** The writes of one service: each is a transaction, and leaves its lines in the service's log. */
export class Writes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Logger,
  ) {}

  /** A line must not say what was rolled back, so those of `work` wait for the commit. */
  async run<T>(caller: WriteOrigin, work: (db: EntityManager, log: LogWrite) => Promise<T>): Promise<T> {
    const lines: Parameters<LogWrite>[] = [];
    const result = await inWriteTransaction(this.dataSource, caller, (db) =>
      work(db, (...line) => void lines.push(line)),
    );
    for (const [message, fields] of lines) this.log.info(message, { ...fields, ...originFields(caller) });
    return result;
  }
}

function originFields({ actor, request_id, message }: WriteOrigin): Record<string, unknown> {
  return {
    ...(request_id !== undefined && { request_id }),
    ...(actor !== undefined && { actor }),
    ...(message !== undefined && { reason: message }),
  };
}

import { type RawJson } from '@heksher/core';
import { inWriteTransaction, runPrepared, type WriteOrigin } from '@heksher/database';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Caller } from './caller.js';
import { strongEtag } from './etag.js';
import { findLastChange, type Trace } from './last-change.store.js';
import { type Logger } from './modules/logging/index.js';
import { PreconditionFailed } from './precondition-failed.js';

/** Logs a line once the write is committed, with who it was for. */
export type LogWrite = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/**
 * What a write is about: the answers that reads give of it, that of the resource itself first and then those of parts and
 * wholes whose tags are as good; and where the change log has it. Undefined where it does not exist and the write is to
 * create it; where it must exist, it throws `not_found`, which comes before any condition (RFC 9110, 13.2.1).
 */
export type Resource = (
  db: EntityManager,
) => Promise<Readonly<{ answers: readonly [RawJson, ...RawJson[]]; trace: Trace }> | undefined>;

/** Of a write that adds something: nobody can have seen it. */
export const NOTHING_YET: Resource = () => Promise.resolve(undefined);

type Origin = WriteOrigin & Pick<Caller, 'precondition' | 'onRevision'>;

/** The writes of one service: each is a transaction, and leaves its lines in the service's log. */
export class Writes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Logger,
  ) {}

  /**
   * A line must not say what was rolled back, so those of `work` wait for the commit. The caller's precondition is checked
   * once all other writers wait: what it was checked against is what `work` finds.
   */
  async run<T>(caller: Origin, resource: Resource, work: (db: EntityManager, log: LogWrite) => Promise<T>): Promise<T> {
    const lines: Parameters<LogWrite>[] = [];
    const { result, revision } = await inWriteTransaction(this.dataSource, caller, async (db) => {
      await requirePrecondition(db, caller, resource);
      const result = await work(db, (...line) => void lines.push(line));
      return { result, revision: caller.onRevision && (await findRevision(db)) };
    });
    if (revision !== undefined) caller.onRevision?.(revision);
    for (const [message, fields] of lines) this.log.info(message, { ...fields, ...originFields(caller) });
    return result;
  }
}

async function requirePrecondition(db: EntityManager, { precondition }: Origin, resource: Resource): Promise<void> {
  if (precondition === undefined) return;
  const found = await resource(db);
  const tags = found?.answers.map(({ text }) => strongEtag(text)) ?? [];
  const header = precondition(tags);
  if (header === undefined) return;
  const [etag] = tags;
  if (found === undefined || etag === undefined) throw new PreconditionFailed(header, undefined);
  const changed = await findLastChange(db, found.trace);
  throw new PreconditionFailed(header, { current: found.answers[0], etag, changed });
}

/** `<seq>-<first 8 of the token>`: which state this is, in an order, and not of another history by chance. */
async function findRevision(db: EntityManager): Promise<string | undefined> {
  const rows = await runPrepared<{ revision: string }>(db, FIND_REVISION, []);
  return rows[0]?.revision;
}

const FIND_REVISION = {
  name: 'find_revision',
  text: `select r.seq || '-' || left(r.token::text, 8) as revision from heksher_revision r where r.one_row`,
};

function originFields({ actor, request_id, message }: WriteOrigin): Record<string, unknown> {
  return {
    ...(request_id !== undefined && { request_id }),
    ...(actor !== undefined && { actor }),
    ...(message !== undefined && { reason: message }),
  };
}

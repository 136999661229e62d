import { pgErrorCode, READ_ONLY_TRANSACTION, runPrepared, runPreparedRow, type WriteOrigin } from '@heksher/database';
import { type Rows, type Ruleset } from '@heksher/ruleset';
import { type EntityManager } from 'typeorm';
import { type WrittenRow, writtenRow } from './decision.js';
import { revisionOf } from './loading.js';
import { type Proposal } from './shared-writes.js';

const WRITE = {
  name: 'write',
  text: 'select w.seq, w.token, w.new_rules, w.new_rollouts from heksher_write($1, $2, $3, $4, $5) w',
};

/** The last argument depends on the setting, so that this comes first. */
const WRITE_TRACED = {
  name: 'write_traced',
  text: `
    select w.seq, w.token, w.new_rules, w.new_rollouts
      from concat(set_config('heksher.traceparent', $6, true), set_config('heksher.tracestate', $7, true)) origin (trace)
     cross join lateral heksher_write($1, $2, $3, $4, case when origin.trace is not null then $5::jsonb end) w`,
};

/** Carries out a write that was decided on the ruleset; undefined: it was not the newest, and nothing was done. */
export async function carryOut(
  db: EntityManager,
  { revision }: Ruleset,
  { actor, request_id, message, traceparent, tracestate, span }: WriteOrigin,
  rows: Rows,
): Promise<WrittenRow | undefined> {
  const values = [revision.token, actor ?? '', request_id ?? '', message ?? '', JSON.stringify(rows)];
  const trace = span?.traceparent ?? traceparent;
  const write = () =>
    trace === undefined
      ? runPreparedRow(db, WRITE, values)
      : runPreparedRow(db, WRITE_TRACED, [...values, trace, tracestate ?? '']);
  const run = () => (span === undefined ? write() : span.statement('SELECT heksher_write', write));
  return writtenRow(await againAfterFailover(db, run));
}

const WRITE_ALL = {
  name: 'write_all',
  text: 'select w.seq, w.token, w.new_rules, w.new_rollouts from heksher_write_all($1, $2) w',
};

type Row = Readonly<{ seq: string; token: string; new_rules: number[] | null; new_rollouts: number[] | null }>;

/** The same of several writes in one transaction, in their order; undefined: nothing was done. Where one fails none is done. */
export async function carryOutAll(
  db: EntityManager,
  { revision }: Ruleset,
  proposals: readonly Proposal[],
): Promise<readonly WrittenRow[] | undefined> {
  const writes = proposals.map(({ origin: { actor, request_id, message, traceparent, tracestate }, decision }) => {
    return { actor, request_id, message, traceparent, tracestate, changes: decision.rows };
  });
  const values = [revision.token, JSON.stringify(writes)];
  const rows = await againAfterFailover(db, () => runPrepared<Row>(db, WRITE_ALL, values));
  if (rows.length === 0) return undefined;
  return rows.map(({ seq, token, new_rules, new_rollouts }) => {
    return { ...revisionOf([seq, token]), rules: new_rules ?? [], rollouts: new_rollouts ?? [] };
  });
}

/** A session that was opened before a failover is closed now. Nothing was done, so a retry is safe, unless a transaction is under way. */
async function againAfterFailover<T>(db: EntityManager, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (pgErrorCode(error) !== READ_ONLY_TRANSACTION || db.queryRunner !== undefined) throw error;
    return run();
  }
}

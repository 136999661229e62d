import { HeksherError, invalid, quoted } from '@heksher/core';
import { runPrepared } from '@heksher/database';
import { type EntityManager } from 'typeorm';

/** A revision as answers name it: `<seq>-<first 8 of the token>`. */
export type NamedRevision = Readonly<{ text: string; seq: number; token: string }>;

/** Throws `invalid`. */
export function parseRevision(text: string, field: string, part: Readonly<{ parameter?: string }> = {}): NamedRevision {
  const [match, seq = '', token = ''] = /^([0-9]{1,15})-([0-9a-f]{8})$/.exec(text.trim()) ?? [];
  if (match === undefined) {
    throw invalid(
      `${field} must be a revision as Heksher-Revision gives it, such as 1042-9f3a61c2; given: ${quoted(text)}`,
      field,
      part,
    );
  }
  return { text: match, seq: Number(seq), token };
}

type Part = Readonly<{ field: string; parameter?: string; pointer?: string }>;

/**
 * Throws `precondition_failed` unless the database has been at that revision and its log reaches back to it: otherwise nothing can be
 * said of what was changed since.
 */
export async function requireRevision(
  db: EntityManager,
  { text, seq, token }: NamedRevision,
  part: Part,
): Promise<void> {
  const [row] = await runPrepared<{ newest: string; token: string | null }>(db, FIND_TOKEN, [seq]);
  if (row?.token?.startsWith(token) === true) return;
  const why =
    row !== undefined && (seq > Number(row.newest) || row.token !== null)
      ? 'the database has never been at it'
      : 'the change log does not reach back to it';
  const message = `the revision ${text} is not known: ${why}`;
  throw new HeksherError('precondition_failed', message, { errors: [{ ...part, message, code: 'touched_since' }] });
}

/** The newest one is in its row even where the log is empty. */
const FIND_TOKEN = {
  name: 'find_token_of_revision',
  text: `
  select r.seq as newest,
         case when r.seq = $1::bigint then r.token::text
              else (select c.token::text from heksher_changes c
                     where c.seq = $1::bigint and c.op in ('statement', 'truncate') limit 1) end as token
    from heksher_revision r
   where r.one_row`,
};

import { type Condition, forEachInSteps, type InSteps, type Json, parseStoredJson } from '@heksher/core';
import { type EntityManager } from 'typeorm';
import { sliced } from '../../in-slices.js';

/** What became of one row, and by whom. */
export type LoggedRow = Readonly<{
  seq: number;
  at: string;
  actor: string;
  message: string | null;
  table: string;
  setting: string | null;
  old: ReadonlyMap<string, Json> | null;
  new: ReadonlyMap<string, Json> | null;
}>;

/** More than that is not gone through: it counts as if all had been touched. */
export const MOST_ROWS = 10_000;

/** The rows written after a revision, members of rollouts aside; undefined: there are too many, or a table was truncated. */
export async function findRowsSince(db: EntityManager, seq: number): Promise<readonly LoggedRow[] | undefined> {
  const rows: Row[] = await db.query(
    `select c.seq, to_char(c.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, c.actor, c.message, c."table", c.op,
            c.setting, c.old::text as old, c.new::text as new
       from heksher_changes c
      where c.seq > $1 and c.op <> 'statement'
      order by c.seq, c.id
      limit ${MOST_ROWS + 1}`,
    [seq],
  );
  if (rows.length > MOST_ROWS || rows.some(({ op }) => op === 'truncate')) return undefined;
  return sliced(loggedRows(rows));
}

function* loggedRows(rows: readonly Row[]): InSteps<readonly LoggedRow[]> {
  const logged: LoggedRow[] = [];
  yield* forEachInSteps(
    rows,
    (row) => logged.push({ ...row, seq: Number(row.seq), old: imageOf(row.old), new: imageOf(row.new) }),
    ROWS_PER_STEP,
  );
  return logged;
}

const ROWS_PER_STEP = 64;

type Row = Omit<LoggedRow, 'seq' | 'old' | 'new'> & { seq: string; op: string; old: string | null; new: string | null };

function imageOf(text: string | null): ReadonlyMap<string, Json> | null {
  const json = text === null ? null : parseStoredJson(text);
  return json?.kind === 'object' ? json.members : null;
}

/** A column of an image as text. */
export function columnIn(image: LoggedRow['old'], column: string): string {
  const json = image?.get(column);
  if (json === undefined || !('value' in json)) return '';
  return json.kind === 'string' ? json.value : json.text;
}

export function conditionIn(image: LoggedRow['old']): Condition {
  return [columnIn(image, 'context_feature'), columnIn(image, 'feature_value')];
}

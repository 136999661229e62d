import { type EntityManager } from 'typeorm';

export const STATES = ['proposed', 'approved', 'scheduled', 'applied', 'failed', 'withdrawn', 'rejected'] as const;
export type State = (typeof STATES)[number];

/** Times are RFC 3339, `maxDelay` is in seconds; what it has of JSON is text. */
export type StoredChangeset = Readonly<{
  id: number;
  state: State;
  operations: string;
  /** What they are about, by the names at that time; `*`: something that belongs to all settings. Null: not known. */
  settings: readonly string[] | null;
  message: string | null;
  authors: readonly string[];
  createdAt: string;
  decidedAt: string | null;
  ifRevision: string | null;
  applyAt: string | null;
  maxDelay: number;
  /** How often it was edited. */
  revised: number;
  approvals: string;
  seq: number | null;
  result: string | null;
  failure: string | null;
  undo: string | null;
}>;

/** What is given of a new one, or of one that is edited. */
export type NewChangeset = Pick<
  StoredChangeset,
  'state' | 'operations' | 'settings' | 'message' | 'authors' | 'ifRevision' | 'applyAt' | 'maxDelay'
>;

const time = (column: string): string => `to_char(c.${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const COLUMNS = `
  c.id, c.state, c.settings, c.message, c.authors, ${time('created_at')} as "createdAt", ${time('decided_at')} as "decidedAt",
  c.if_revision as "ifRevision", ${time('apply_at')} as "applyAt", c.max_delay as "maxDelay", c.revised, c.approvals, c.seq, c.failure`;
const ALL_COLUMNS = `${COLUMNS}, c.operations, c.result, c.undo`;

type Row = Omit<StoredChangeset, 'id' | 'seq'> & { id: string; seq: string | null };

const storedOf = (row: Row): StoredChangeset => ({
  ...row,
  id: Number(row.id),
  seq: row.seq === null ? null : Number(row.seq),
});

/** @param decision of one that was applied at once */
export async function insertChangeset(db: EntityManager, given: NewChangeset, decision?: Decision): Promise<number> {
  const { state, operations, message, authors, ifRevision, applyAt, maxDelay, settings } = given;
  const { seq = null, result = null, undo = null } = decision ?? {};
  const [row] = await db.query<readonly { id: string }[]>(
    `insert into heksher_changesets (state, operations, message, authors, if_revision, apply_at, max_delay, settings, seq, result, undo, decided_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, case when $12::boolean then clock_timestamp() end) returning id`,
    [
      ...[decision?.state ?? state, operations, message, authors, ifRevision, applyAt, maxDelay, settings],
      ...[seq, result, undo, decision !== undefined],
    ],
  );
  return Number(row?.id);
}

export async function findChangeset(
  db: EntityManager,
  id: number,
  { lock = false } = {},
): Promise<StoredChangeset | undefined> {
  const rows: Row[] = await db.query(
    `select ${ALL_COLUMNS} from heksher_changesets c where c.id = $1${lock ? ' for update' : ''}`,
    [id],
  );
  return rows.map(storedOf)[0];
}

/** Without what may be long. */
export type ListedChangeset = Omit<StoredChangeset, 'operations' | 'result' | 'undo'>;

export async function findListedChangeset(db: EntityManager, id: number): Promise<ListedChangeset | undefined> {
  const rows: Row[] = await db.query(`select ${COLUMNS} from heksher_changesets c where c.id = $1`, [id]);
  return rows.map(storedOf)[0];
}

/** Newest first. */
export async function listChangesets(
  db: EntityManager,
  { state, before, limit }: Readonly<{ state: State | undefined; before: number | undefined; limit: number }>,
): Promise<readonly ListedChangeset[]> {
  const rows: Row[] = await db.query(
    `select ${COLUMNS} from heksher_changesets c
      where ($1::text is null or c.state = $1) and ($2::bigint is null or c.id < $2)
      order by c.id desc
      limit $3`,
    [state ?? null, before ?? null, limit],
  );
  return rows.map(storedOf);
}

/** Those that are due, in the order in which they are to be applied. */
export async function listDue(db: EntityManager): Promise<readonly number[]> {
  const rows: { id: string }[] = await db.query(
    `select c.id from heksher_changesets c
      where c.state = 'scheduled' and c.apply_at <= clock_timestamp()
      order by c.apply_at, c.id
      limit 1000`,
  );
  return rows.map(({ id }) => Number(id));
}

/** Whether it has waited longer than it may. */
export async function isMissed(db: EntityManager, id: number): Promise<boolean> {
  const [row] = await db.query<readonly { missed: boolean }[]>(
    `select c.apply_at + make_interval(secs => c.max_delay) < clock_timestamp() as missed
       from heksher_changesets c where c.id = $1`,
    [id],
  );
  return row?.missed === true;
}

export type Decision = Readonly<{
  state: State;
  approvals?: string;
  seq?: number;
  result?: string;
  failure?: string;
  undo?: string;
}>;

/** Texts that are not given stay. */
export async function decideChangeset(db: EntityManager, id: number, decision: Decision): Promise<void> {
  const { state, approvals = null, seq = null, result = null, failure = null, undo = null } = decision;
  await db.query(
    `update heksher_changesets c
        set state = $2, decided_at = clock_timestamp(), approvals = coalesce($3, c.approvals), seq = coalesce($4, c.seq),
            result = coalesce($5, c.result), failure = coalesce($6, c.failure), undo = coalesce($7, c.undo)
      where c.id = $1`,
    [id, state, approvals, seq, result, failure, undo],
  );
}

/** Approvals are dropped. */
export async function reviseChangeset(db: EntityManager, id: number, given: NewChangeset): Promise<void> {
  const { state, operations, message, authors, ifRevision, applyAt, maxDelay, settings } = given;
  await db.query(
    `update heksher_changesets c
        set state = $2, operations = $3, message = $4, authors = $5, if_revision = $6, apply_at = $7, max_delay = $8,
            settings = $9, approvals = '[]', revised = c.revised + 1
      where c.id = $1`,
    [id, state, operations, message, authors, ifRevision, applyAt, maxDelay, settings],
  );
}

import { type EntityManager } from 'typeorm';
import { type Place } from './place.js';
import { time } from './webhooks.store.js';

/** What became of a change set, behind the transaction of revision `seq`. */
export type ChangesetEvent = Readonly<{
  /** Rises with the order in which they came. */
  id: number;
  /** Tells it from one of the same id in another history. */
  token: string;
  seq: number;
  changeset: number;
  /** Such as `approved`. */
  kind: string;
  /** RFC 3339. */
  at: string;
  actor: string | null;
  /** What the set was about, by the names at that time; `*`: something that belongs to all settings. Null: not known. */
  settings: readonly string[] | null;
  /** The change set as it was then, in JSON. */
  data: string;
}>;

type Row = Omit<ChangesetEvent, 'id' | 'seq' | 'changeset'> & { id: string; seq: string; changeset: string };

/** At most `limit` events behind a place, up to those behind revision `last`, in their order. */
export async function listChangesetEvents(
  db: EntityManager,
  { cursor, event }: Place,
  last: number,
  limit: number,
): Promise<readonly ChangesetEvent[]> {
  const rows: Row[] = await db.query(
    `select e.id, left(e.token::text, 8) as token, e.seq, e.changeset, e.kind, ${time('e.at')} as at, e.actor, e.settings, e.data
       from heksher_changeset_events e
      where e.seq >= $1 and e.id > $2 and e.seq <= $3
      order by e.id
      limit $4`,
    [cursor.seq, event, last, limit],
  );
  return rows.map((row) => ({ ...row, id: Number(row.id), seq: Number(row.seq), changeset: Number(row.changeset) }));
}

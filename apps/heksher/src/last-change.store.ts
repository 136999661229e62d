import { type EntityManager } from 'typeorm';

/** An entry of the change log: when, by whom, in which revision, and why and for which request where that is known. */
export type LastChange = Readonly<{
  seq: number;
  at: string;
  actor: string;
  message: string | null;
  request_id: string | null;
}>;

/**
 * What of the change log is about one resource: the setting it belongs to (null: it belongs to none), and for each of its
 * tables the column that has the `key`; without a key, all rows of the tables count.
 */
export type Trace = Readonly<{
  setting: string | null;
  columns: Readonly<Record<string, string>>;
  key?: string | number;
}>;

/** The newest change of a resource; undefined where the log does not reach back to it. */
export async function findLastChange(
  db: EntityManager,
  { setting, columns, key }: Trace,
): Promise<LastChange | undefined> {
  const parameters: unknown[] = [JSON.stringify(columns)];
  const next = (value: unknown): string => `$${parameters.push(value)}`;
  const ofSetting = setting === null ? 'c.setting is null' : `c.setting = ${next(setting)}`;
  const ofRow =
    key === undefined
      ? `$1::jsonb ? c."table"`
      : `coalesce(c.new, c.old) ->> ($1::jsonb ->> c."table") = ${next(String(key))}`;
  const rows: (Omit<LastChange, 'seq' | 'at'> & { seq: string; at: Date })[] = await db.query(
    `select c.seq, c.at, c.actor, c.message, c.request_id
       from heksher_changes c
      where ${ofSetting} and ${ofRow} and c.op in ('insert', 'update', 'delete')
      order by c.seq desc, c.id desc
      limit 1`,
    parameters,
  );
  return rows.map((row) => ({ ...row, seq: Number(row.seq), at: row.at.toISOString() }))[0];
}

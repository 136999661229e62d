import { type EntityManager } from 'typeorm';
import { DATA_TABLES } from './heksher-05.js';

/** Every row of every data table, as canonical text; a row that is there twice is there twice. */
export type Contents = Readonly<Record<string, readonly string[]>>;

type Runner = Pick<EntityManager, 'query'>;

export async function readContents(db: Runner, tables: readonly string[] = DATA_TABLES): Promise<Contents> {
  const contents: Record<string, readonly string[]> = {};
  for (const table of tables) {
    const rows = await db.query<readonly { row: string }[]>(`select to_jsonb(t)::text as row from ${table} t`);
    contents[table] = rows.map(({ row }) => row).sort();
  }
  return contents;
}

/** The contents at an earlier revision: the log's entries since, undone backwards from `now`. */
export async function undoTo(db: Runner, now: Contents, seq: number): Promise<Contents> {
  const entries = await db.query<readonly { table: string; old: string | null; new: string | null }[]>(
    `select c."table", c.old::text as old, c.new::text as new
       from heksher_changes c
      where c.seq > $1 and c.op in ('insert', 'update', 'delete')
      order by c.id desc`,
    [seq],
  );
  const contents: Record<string, string[]> = Object.fromEntries(
    Object.entries(now).map(([table, rows]) => [table, [...rows]]),
  );
  for (const entry of entries) {
    const rows = contents[entry.table] ?? [];
    if (entry.new !== null) {
      const position = rows.indexOf(entry.new);
      if (position < 0) throw new Error(`the log says ${entry.table} got ${entry.new}, which is not there`);
      rows.splice(position, 1);
    }
    if (entry.old !== null) rows.push(entry.old);
  }
  return Object.fromEntries(Object.entries(contents).map(([table, rows]) => [table, rows.sort()]));
}

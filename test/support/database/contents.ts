import { type TestDatabase } from './database.js';
import { DATA_TABLES } from './heksher-05.js';

/** The tables of Heksher 0.5. */
export const TABLES_OF_05: readonly string[] = DATA_TABLES;
const TABLES = [...TABLES_OF_05, 'rollouts', 'rollout_conditions', 'rollout_members', 'rollout_metadata'];

/** All rows of all data tables, each table in a fixed order: equal contents are equal values. */
export async function contents(
  database: TestDatabase,
  tables: readonly string[] = TABLES,
): Promise<Readonly<Record<string, readonly object[]>>> {
  const columns = tables.map(
    (table) => `(select coalesce(json_agg(t order by t::text), '[]') from ${table} t) as ${table}`,
  );
  const [row] = await database.sql<Record<string, readonly object[]>>(`select ${columns.join(', ')}`);
  return row ?? {};
}

/** Takes all data away; ids of rules and rollouts start at 1 again. Deletions, since a truncation takes fifty times as long. */
export async function empty(database: TestDatabase): Promise<void> {
  await database.sql(`
    delete from settings;
    delete from context_features;
    select setval('rules_id_seq', 1, false), setval('rollouts_id_seq', 1, false)`);
}

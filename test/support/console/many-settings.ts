import { type TestDatabase } from '../database/database.js';

/** So many settings by `user`, each with a description, an owner and, every other one, a rule: as rows, since calls would take minutes. */
export async function addManySettings(sql: TestDatabase['sql'], count: number): Promise<void> {
  await sql(
    `insert into settings select 'area' || n % 20 || '.option_' || n, 'int', n::text, '1.0' from generate_series(1, ${count}) n`,
  );
  await sql(`insert into configurable select name, 'user' from settings where name like 'area%'`);
  await sql(`
    insert into setting_metadata (setting, key, value)
    select name, 'description', '"One of many"'::jsonb from settings where name like 'area%'
    union all select name, 'owner', ('"' || split_part(name, '.', 1) || '"')::jsonb from settings where name like 'area%'`);
  await sql(
    `insert into rules (setting, value) select name, '7' from settings where name like 'area%' and default_value::int % 2 = 0`,
  );
  await sql(`
    insert into conditions (rule, context_feature, feature_value)
    select id, 'user', 'u' || id from rules where setting like 'area%'`);
}

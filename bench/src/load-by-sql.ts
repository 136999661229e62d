import { connect, type Database } from './database-server.js';
import { type Extent } from './extents.js';
import { FEATURES } from './names.js';
import { type Scope } from './scope.js';

const NOTHING: Extent = { settings: 0, rules: 0, users: 0 };

/** For the rest of the extent: $1 settings and $2 rules are there, $3 settings and $4 rules are to come, of $5 users. */
const ADDED_SETTINGS = `
  select 'setting_' || lpad(($1::int + n)::text, 4, '0') as name from generate_series(0, $3::int - 1) n`;

const ADDED_RULES = `
  select $2::int + 1 + n as id, n % $3::int as setting, n / $3::int as turn, 10000 + n % 90000 as value
    from generate_series(0, $4::int - 1) n`;

const INSERT_FEATURES = `
  insert into context_features (name, index)
  select f.name, f.place - 1
    from unnest($1::text[]) with ordinality f (name, place)
   where not exists (select from context_features)`;

/** Mentions all parameters, since PostgreSQL wants to know the type of each. */
const GIVEN = 'with given as (select $1::int, $2::int, $3::int, $4::int, $5::int)';

const INSERTIONS = [
  `insert into settings (name, type, default_value, version) select name, 'int', '0', '1.0' from (${ADDED_SETTINGS}) s`,
  `insert into configurable (setting, context_feature)
   select s.name, f.name from (${ADDED_SETTINGS}) s cross join context_features f`,
  `insert into rules (id, setting, value)
   select r.id, 'setting_' || lpad(($1::int + r.setting)::text, 4, '0'), r.value::text from (${ADDED_RULES}) r`,
  `insert into conditions (rule, context_feature, feature_value)
   select r.id, c.feature, c.value
     from (${ADDED_RULES}) r
    cross join lateral (values ('user', 'user_' || lpad(((r.setting * 7 + r.turn) % $5::int)::text, 4, '0')),
                               ('theme', case r.turn % 2 when 1 then 'dark' end)) as c (feature, value)
    where c.value is not null`,
];

/** Brings a database from one extent to a larger one: `insert … select` past the service, with its triggers on. */
export async function insertSettings(
  scope: Scope,
  database: Database,
  extent: Extent,
  present: Extent = NOTHING,
): Promise<void> {
  await scope.within(async (inner) => {
    const client = await connect(inner, database.address);
    await client.query(INSERT_FEATURES, [FEATURES]);
    const added = [extent.settings - present.settings, extent.rules - present.rules, extent.users];
    const values = [present.settings, present.rules, ...added];
    for (const text of INSERTIONS) await client.query(`${GIVEN} ${text}`, values);
    await client.query(`select setval('rules_id_seq', $1)`, [extent.rules]);
    await client.query('analyze');
  });
}

/** A rollout by user to half of the users for each setting. */
export async function insertRollouts(scope: Scope, database: Database): Promise<void> {
  await scope.within(async (inner) => {
    const client = await connect(inner, database.address);
    await client.query(`
      insert into rollouts (setting, feature, percentage, value, hash, salt)
      select s.name, 'user', 50, '1', 'murmur3', s.name from settings s`);
  });
}

/** A setting with so many rules by user, every second one by theme too, and one rollout with so many members. */
export async function insertHugeSetting(
  scope: Scope,
  database: Database,
  { name, rules, members }: Readonly<{ name: string; rules: number; members: number }>,
): Promise<void> {
  await scope.within(async (inner) => {
    const client = await connect(inner, database.address);
    await client.query(
      `insert into settings (name, type, default_value, version) values ('${name}', 'int', '0', '1.0')`,
    );
    await client.query(
      `insert into configurable (setting, context_feature) select '${name}', f.name from context_features f`,
    );
    await client.query(`
      with added as (
        insert into rules (setting, value) select '${name}', n::text from generate_series(1, ${rules}) n returning id, value)
      insert into conditions (rule, context_feature, feature_value)
      select a.id, c.feature, c.value
        from added a
       cross join lateral (values ('user', 'user_' || a.value),
                                  ('theme', case a.value::int % 2 when 1 then 'dark' end)) as c (feature, value)
       where c.value is not null`);
    await client.query(`
      with added as (
        insert into rollouts (setting, feature, percentage, value, hash, salt)
        values ('${name}', 'user', 50, '1', 'murmur3', 'salt') returning id)
      insert into rollout_members (rollout, unit) select a.id, 'member_' || n from added a cross join generate_series(1, ${members}) n`);
    await client.query('analyze');
  });
}

/** So many rollouts of the first setting, each with a pattern of its own that takes as long to compile as any that is accepted. */
export async function insertPatterns(sql: (text: string) => Promise<unknown>, count: number): Promise<void> {
  await sql(`
    insert into rollouts (setting, feature, percentage, pattern, value, hash, salt)
    select 'setting_0000', 'user', 0, '(?i)' || repeat('\\pL', 45) || n, '1', 'murmur3', 'salt'
      from generate_series(1, ${count}) n`);
}

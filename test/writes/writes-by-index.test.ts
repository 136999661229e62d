import type pg from 'pg';
import { createDatabase, type TestDatabase } from '../support/database/database.js';

/*
 * A session keeps the plans of `heksher_write`. One that was made while the tables were small must not read all of them once they are large: what a write costs
 * would grow with what others have written.
 */
let database: TestDatabase;
let session: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  session = await database.connect();
});
afterAll(async () => {
  await session.end();
  await database.drop();
});

const MANY = 5_000;

/** Rules, rollouts, settings, and what belongs to them, with these numbers. */
async function fill(from: number, to: number): Promise<void> {
  for (const statement of [
    `insert into settings (name, type, default_value, version) select 's' || n, 'int', '1', '1.0' from generate_series($1::int, $2) n`,
    `insert into setting_aliases (setting, alias) select 's' || n, 'alias' || n from generate_series($1::int, $2) n`,
    `insert into configurable (setting, context_feature) select 's' || n, 'user' from generate_series($1::int, $2) n`,
    `insert into setting_metadata (setting, key, value) select 's' || n, 'k', '1' from generate_series($1::int, $2) n`,
    `insert into rules (id, setting, value) select n, 's1', '1' from generate_series($1::int, $2) n`,
    `insert into conditions (rule, context_feature, feature_value) select n, 'user', 'u' || n from generate_series($1::int, $2) n`,
    `insert into rule_metadata (rule, key, value) select n, 'k', '1' from generate_series($1::int, $2) n`,
    `insert into rollouts (id, setting, feature, percentage, value, hash, salt) select n, 's1', 'user', 0, '1', 'murmur3', 's' || n from generate_series($1::int, $2) n`,
    `insert into rollout_conditions (rollout, context_feature, feature_value) select n, 'user', 'u' || n from generate_series($1::int, $2) n`,
    `insert into rollout_metadata (rollout, key, value) select n, 'k', '1' from generate_series($1::int, $2) n`,
    `insert into rollout_members (rollout, unit) select 1, 'u' || n from generate_series($1::int, $2) n`,
  ])
    await session.query(statement, [from, to]);
}

/** One row of each section, of the things with this number. */
const sections = (n: number): Readonly<Record<string, readonly unknown[]>> => ({
  delete_aliases: [`alias${n}`],
  update_settings: [{ name: `s${n}`, type: 'int', default_value: '2', version: '1.0' }],
  delete_configurable: [{ setting: `s${n}`, context_feature: 'user' }],
  delete_setting_metadata: [{ owner: `s${n}`, key: 'k' }],
  put_setting_metadata: [{ owner: `s${n}`, key: 'k', value: '2' }],
  delete_rules: [n],
  update_rules: [{ id: n, value: '2' }],
  delete_conditions: [{ rule: n, context_feature: 'user' }],
  put_conditions: [{ rule: n, context_feature: 'user', feature_value: 'x' }],
  delete_rule_metadata: [{ owner: n, key: 'k' }],
  put_rule_metadata: [{ owner: n, key: 'k', value: '2' }],
  delete_rollouts: [n],
  update_rollouts: [{ id: n, enabled: true, percentage: 1, value: '2', hash: 'murmur3', salt: 's' }],
  delete_rollout_conditions: [{ rollout: n, context_feature: 'user' }],
  put_rollout_conditions: [{ rollout: n, context_feature: 'user', feature_value: 'x' }],
  delete_members: [{ rollout: 1, unit: `u${n}` }],
  delete_rollout_metadata: [{ owner: n, key: 'k' }],
  put_rollout_metadata: [{ owner: n, key: 'k', value: '2' }],
});

type Counts = Readonly<{ read: number; written: number }>;

/** Rows read and written so far, as the session counts them. */
async function counts(): Promise<Counts> {
  const { rows } = await session.query<Counts>(
    `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as read,
            sum(n_tup_ins + n_tup_upd + n_tup_del) filter (where relname not in ('heksher_changes', 'heksher_revision'))::int as written
       from pg_stat_xact_user_tables`,
  );
  return rows[0] ?? { read: NaN, written: NaN };
}

/** What a write of these reads and writes; all of it is undone. */
async function costOf(section: string, rows: readonly unknown[]): Promise<Counts> {
  await session.query('begin');
  try {
    const before = await counts();
    const { rowCount } = await session.query(
      `select w.* from heksher_revision r, heksher_write(r.token, 'someone', '', '', $1) w`,
      [JSON.stringify({ [section]: rows })],
    );
    expect(rowCount).toBe(1);
    const after = await counts();
    return { read: after.read - before.read, written: after.written - before.written };
  } finally {
    await session.query('rollback');
  }
}

it('reads few rows for a write of one, by plans that were made when there were few', async () => {
  await session.query(`insert into context_features (name, index) values ('user', 0)`);
  await fill(1, 10);
  for (const [section, rows] of Object.entries(sections(7))) await costOf(section, rows);
  await fill(11, MANY);
  for (const numbers of ['old', 'new'] as const) {
    if (numbers === 'new') await session.query('analyze');
    const read: Record<string, unknown> = {};
    for (const [section, rows] of Object.entries(sections(4_000))) {
      const found = await costOf(section, rows);
      read[section] = { isFew: found.read < 100, hasWritten: found.written > 0 };
    }
    const few = { isFew: true, hasWritten: true };
    expect({ numbers, read }).toEqual({
      numbers,
      read: Object.fromEntries(Object.keys(read).map((section) => [section, few])),
    });
  }
});

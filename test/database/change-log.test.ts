import fc from 'fast-check';
import { type DataSource, type EntityManager } from 'typeorm';
import { pruneChanges } from '../../libs/database/src/change-log.js';
import { type DatabaseAddress } from '../../libs/database/src/connection-string.js';
import { migrate } from '../../libs/database/src/migrate.js';
import { type Contents, readContents, undoTo } from '../support/database/table-contents.js';
import {
  type DatabaseServer,
  execute,
  startDatabaseServer,
  withDataSource,
} from '../support/database/database-server.js';
import { DATA_TABLES, SAMPLE_ROWS } from '../support/database/heksher-05.js';
import { ROLLOUT_ROWS, ROLLOUT_TABLES } from '../support/database/rollouts.js';

const TABLES = [...DATA_TABLES, ...ROLLOUT_TABLES];

type Entry = Readonly<{
  seq: number;
  actor: string;
  table: string;
  op: string;
  setting: string | null;
  old: Record<string, unknown> | null;
  new: Record<string, unknown> | null;
}>;

let server: DatabaseServer;
let template: DatabaseAddress;
beforeAll(async () => {
  server = await startDatabaseServer();
  template = await server.create();
  await withDataSource(template, migrate);
  await execute(
    template,
    `${SAMPLE_ROWS} ${ROLLOUT_ROWS} select setval('rules_id_seq', 7), setval('rollouts_id_seq', 2)`,
  );
});
afterAll(() => server.stop());

/** A migrated database with the sample rows, of its own for each test. */
async function withSample<T>(work: (db: DataSource, address: DatabaseAddress) => Promise<T>): Promise<T> {
  const address = await server.create(template);
  return withDataSource(address, (dataSource) => work(dataSource, address));
}

type Db = Pick<EntityManager, 'query'>;

async function revision(db: Db): Promise<{ seq: number; token: string }> {
  const rows = await db.query<readonly { seq: number; token: string }[]>(
    'select seq::int as seq, token from heksher_revision',
  );
  expect(rows).toHaveLength(1);
  return rows[0] ?? { seq: 0, token: '' };
}

async function entriesSince(db: Db, seq: number): Promise<readonly Entry[]> {
  return db.query<readonly Entry[]>(
    `select seq::int as seq, actor, "table", op, setting, old, new from heksher_changes where seq > $1 order by id`,
    [seq],
  );
}

/** What one statement logs, beside the marks: `op table setting`. */
async function logged(db: DataSource, sql: string): Promise<readonly string[]> {
  const { seq } = await revision(db);
  await db.query(sql);
  const entries = await entriesSince(db, seq);
  return entries
    .filter(({ op }) => op !== 'statement')
    .map(({ op, table, setting }) => `${op} ${table} ${String(setting)}`)
    .sort();
}

describe('every writing statement', () => {
  test('makes a new revision and leaves its mark, also when it changes no row', () =>
    withSample(async (db) => {
      for (const table of TABLES) {
        const before = await revision(db);
        await db.query(`delete from ${table} where false`);
        const after = await revision(db);
        expect(after.seq).toBe(before.seq + 1);
        expect(after.token).not.toBe(before.token);
        expect(await entriesSince(db, before.seq)).toMatchObject([
          { seq: after.seq, table, op: 'statement', setting: null },
        ]);
      }
    }));

  test('leaves nothing when its transaction is rolled back, as a whole or to a savepoint', () =>
    withSample(async (db, address) => {
      const before = await revision(db);
      await execute(address, `begin; delete from rules; update settings set type = 'x'; rollback`);
      expect(await revision(db)).toEqual(before);
      expect(await entriesSince(db, before.seq)).toEqual([]);
      await execute(
        address,
        `begin; update rules set value = '1' where id = 1; savepoint s; delete from rules; rollback to s; update rules set value = '2' where id = 1; commit`,
      );
      const entries = (await entriesSince(db, before.seq)).filter(({ op }) => op !== 'statement');
      expect(entries.map(({ seq, op, new: row }) => [seq - before.seq, op, row?.['value']])).toEqual([
        [1, 'update', '1'],
        [2, 'update', '2'],
      ]);
      expect((await revision(db)).seq).toBe(before.seq + 2);
    }));

  test('reading makes no revision', () =>
    withSample(async (db) => {
      const before = await revision(db);
      await db.query('select * from rules r, conditions c for share');
      expect(await revision(db)).toEqual(before);
    }));

  test('the log holds every revision there has been, the first too', () =>
    withSample(async (db) => {
      const marks = await db.query<readonly { seq: number; token: string }[]>(
        `select seq::int as seq, token from heksher_changes where op in ('statement', 'truncate') order by id`,
      );
      expect(marks.map(({ seq }) => seq)).toEqual(marks.map((_, position) => position + 1));
      expect(marks.at(-1)).toEqual(await revision(db));
    }));
});

describe('every changed row is logged once, with its setting', () => {
  test.each<[string, string, readonly string[]]>([
    ['a feature', `insert into context_features values ('x', 3)`, ['insert context_features null']],
    [
      'all features at once',
      `update context_features set index = 2 - index`,
      Array<string>(3).fill('update context_features null'),
    ],
    [
      'a rule and its condition in one statement',
      `with r as (insert into rules (setting, value) values ('limits', '{}') returning id) insert into conditions select id, 'user', 'u' from r`,
      ['insert conditions limits', 'insert rules limits'],
    ],
    ['a condition', `update conditions set feature_value = 'light' where rule = 7`, ['update conditions colour']],
    [
      'a condition that moves to another rule',
      `update conditions set rule = 7 where rule = 2 and context_feature = 'user'`,
      ['delete conditions cache_size', 'insert conditions colour'],
    ],
    [
      'a rule that moves to another setting',
      `update rules set setting = 'limits' where id = 7`,
      ['update rules limits'],
    ],
    ['metadata of a rule', `delete from rule_metadata where rule = 1`, ['delete rule_metadata cache_size']],
    [
      'an upsert of metadata',
      `insert into setting_metadata values ('colour', 'note', '1'), ('colour', 'new', '2') on conflict (setting, key) do update set value = excluded.value`,
      ['insert setting_metadata colour', 'update setting_metadata colour'],
    ],
    [
      'a deleted rule with all that is its',
      `delete from rules where id = 2`,
      ['delete conditions null', 'delete conditions null', 'delete rules cache_size'],
    ],
    [
      'a renamed setting',
      `update settings set name = 'z' where name = 'colour'`,
      ['update configurable z', 'update rules z', 'update setting_metadata z', 'update settings z'],
    ],
    [
      'a deleted setting',
      `delete from settings where name = 'colour'`,
      [
        'delete conditions null',
        'delete configurable colour',
        'delete rule_metadata null',
        'delete rules colour',
        'delete setting_metadata colour',
        'delete settings colour',
      ],
    ],
    [
      'a rollout with its condition in one statement',
      `with r as (insert into rollouts (setting, feature, percentage, value, hash, salt)
                    values ('colour', 'theme', 1, '"red"', 'crc32', 's') returning id)
       insert into rollout_conditions select id, 'user', 'u' from r`,
      ['insert rollout_conditions colour', 'insert rollouts colour'],
    ],
    [
      'members of a rollout',
      `insert into rollout_members values (1, 'jim'), (1, 'new') on conflict do nothing`,
      ['insert rollout_members limits'],
    ],
    [
      'a member and metadata that move to another rollout',
      `with m as (update rollout_metadata set rollout = 2 where rollout = 1)
       update rollout_members set rollout = 2 where unit not in ('jim', 'new')`,
      [
        'delete rollout_members limits',
        'delete rollout_metadata limits',
        'insert rollout_members cache_size',
        'insert rollout_metadata cache_size',
      ],
    ],
    [
      'a deleted rollout with all that is its',
      `delete from rollouts where id = 1`,
      [
        'delete rollout_members null',
        'delete rollout_members null',
        'delete rollout_metadata null',
        'delete rollouts limits',
      ],
    ],
    [
      'a renamed setting with a rollout',
      `update settings set name = 'z' where name = 'limits'`,
      ['update configurable z', 'update rollouts z', 'update settings z'],
    ],
    [
      'truncated members',
      `truncate rollout_members`,
      [
        'delete rollout_members cache_size',
        'delete rollout_members limits',
        'delete rollout_members limits',
        'truncate rollout_members null',
      ],
    ],
    [
      'a truncated table',
      `truncate conditions`,
      [
        'delete conditions cache_size',
        'delete conditions cache_size',
        'delete conditions cache_size',
        'delete conditions colour',
        'truncate conditions null',
      ],
    ],
  ])('%s', (_, sql, expected) => withSample(async (db) => expect(await logged(db, sql)).toEqual(expected)));

  test('images hold the whole row before and after, with numbers and escapes as they are stored', () =>
    withSample(async (db) => {
      const { seq } = await revision(db);
      await db.query(`update settings set default_value = $1, version = '1.3' where name = 'colour'`, [
        String.raw`"\udfff"`,
      ]);
      const [, entry] = await entriesSince(db, seq);
      expect(entry).toMatchObject({
        old: { name: 'colour', type: 'Enum["blue","red"]', default_value: String.raw`"\ud800 \u0000"`, version: '1.2' },
        new: { name: 'colour', type: 'Enum["blue","red"]', default_value: String.raw`"\udfff"`, version: '1.3' },
      });
      const metadata = await db.query<unknown>(
        `select new::text as image from heksher_changes where "table" = 'setting_metadata' and setting = 'cache_size'`,
      );
      expect(metadata).toEqual([
        { image: '{"key": "owner", "value": {"team": ["a", 1.50]}, "setting": "cache_size"}' },
      ]);
    }));

  test('a copy of a hundred thousand rules and conditions is logged whole', () =>
    withSample(async (db) => {
      await db.query(
        `insert into rules (id, setting, value) select i, 'cache_size', i from generate_series(1000, 100999) i`,
      );
      await db.query(`insert into conditions select i, 'user', 'u' || i from generate_series(1000, 100999) i`);
      expect(
        await db.query(
          `select "table", count(*)::int from heksher_changes where op = 'insert' and setting = 'cache_size' and (new ->> 'id')::int >= 1000 or (new ->> 'rule')::int >= 1000 group by 1 order by 1`,
        ),
      ).toEqual([
        { table: 'conditions', count: 100_000 },
        { table: 'rules', count: 100_000 },
      ]);
    }));
});

test('what is written under session_replication_role = replica, as restores do, is in the log and is a new revision', () =>
  withSample(async (db, address) => {
    const before = await revision(db);
    await execute(
      address,
      `set session_replication_role = replica;
       insert into settings values ('restored', 'int', '1', '1.0');
       update rules set value = '21' where id = 1;
       delete from rule_metadata;
       truncate setting_aliases`,
    );
    expect((await revision(db)).seq).toBe(before.seq + 4);
    const entries = (await entriesSince(db, before.seq)).filter(({ op }) => op !== 'statement');
    expect(entries.map(({ op, table }) => `${op} ${table}`)).toEqual([
      'insert settings',
      'update rules',
      'delete rule_metadata',
      'delete rule_metadata',
      'truncate setting_aliases',
      'delete setting_aliases',
      'delete setting_aliases',
    ]);
  }));

test('entries of one transaction name it, and no other', () =>
  withSample(async (db, address) => {
    const { seq } = await revision(db);
    await execute(
      address,
      `begin; update rules set value = '1'; delete from conditions; commit; delete from rule_metadata`,
    );
    const rows = await db.query<readonly { tables: string }[]>(
      `select string_agg(distinct "table", ', ' order by "table") as tables
         from heksher_changes where seq > $1 group by tx order by min(id)`,
      [seq],
    );
    expect(rows.map(({ tables }) => tables)).toEqual(['conditions, rules', 'rule_metadata']);
  }));

describe('who wrote', () => {
  test('is what the transaction says, else the user of the database, also without any right on our tables', () =>
    withSample(async (db, address) => {
      const role = `python_${address.database}`;
      await db.query(`create role ${role} login password 'p'`);
      try {
        await db.query(`grant select, insert, update, delete on ${DATA_TABLES.join(', ')} to ${role}`);
        const { seq } = await revision(db);
        const sql = `update settings set type = type where name = 'limits'`;
        const other = { ...address, user: role, password: 'p' };
        await execute(other, sql);
        await execute(other, `begin; set local heksher.actor = 'jane'; ${sql}; commit; ${sql}`);
        await expect(execute(other, 'update heksher_revision set seq = 0')).rejects.toMatchObject({ code: '42501' });
        await execute(other, `delete from settings where name = 'limits'`);
        expect(await db.query('select id from rollouts union select rollout from rollout_members')).toEqual([
          { id: 2 },
        ]);
        const actors = (await entriesSince(db, seq)).filter(({ op }) => op === 'update').map(({ actor }) => actor);
        expect(actors).toEqual([role, 'jane', role]);
      } finally {
        await db.query(`drop owned by ${role}`);
        await db.query(`drop role ${role}`);
      }
    }));
});

/** Statements that read what is there, so that any sequence of them finds something to do. `$n` stands for a number. */
const WRITES = [
  `insert into context_features select 'f$n', coalesce(max(index), -1) + 1 from context_features on conflict (name) do nothing`,
  `update context_features set index = (select max(index) from context_features) - index`,
  `delete from context_features f where name = 'f$n' and not exists (select from conditions c where c.context_feature = f.name)
      and not exists (select from rollouts r where r.feature = f.name) and not exists (select from rollout_conditions c where c.context_feature = f.name)`,
  `insert into settings values ('s$n', 'int', '$n', '1.0') on conflict (name) do update set default_value = '"again"'`,
  `update settings set name = 'r$n' where name = 's$n' and not exists (select from settings where name = 'r$n')`,
  `delete from settings where name in ('s$n', 'r$n')`,
  `insert into rules (setting, value) select name, '$n' from settings where name like '%$n'`,
  `insert into conditions select r.id, f.name, 'v$n' from rules r, context_features f where r.id % 3 = $n % 3 on conflict do nothing`,
  `update conditions set feature_value = feature_value || '$n' where rule % 4 = $n % 4`,
  `update rules set id = id + 1000 where id = (select min(id) from rules)`,
  `update rules set setting = (select min(name) from settings) where id % 5 = $n % 5`,
  `delete from rules where id % 5 = $n % 5`,
  `insert into rule_metadata select id, 'k$n', '{"n": $n.0}' from rules on conflict (rule, key) do update set value = '[]'`,
  `insert into setting_aliases select name, name || '.a$n' from settings on conflict do nothing`,
  `update conditions c set rule = (select max(id) from rules) where rule = (select min(id) from rules)
      and not exists (select from conditions o where o.rule = (select max(id) from rules) and o.context_feature = c.context_feature)`,
  `truncate setting_aliases, rule_metadata`,
  `insert into rollouts (setting, feature, percentage, value, hash, salt)
   select s.name, f.name, $n, '$n.0', 'murmur3', s.name from settings s, context_features f where f.index % 3 = $n % 3`,
  `insert into rollout_conditions select r.id, f.name, 'v$n' from rollouts r, context_features f where r.id % 3 = $n % 3 on conflict do nothing`,
  `insert into rollout_members select r.id, 'u$n' || i from rollouts r, generate_series(1, $n) i on conflict do nothing`,
  `insert into rollout_metadata select id, 'k$n', '{"n": $n.0}' from rollouts on conflict (rollout, key) do update set value = '[]'`,
  `update rollouts set id = id + 1000 where id = (select min(id) from rollouts)`,
  `update rollouts set setting = (select min(name) from settings) where id % 5 = $n % 5`,
  `update rollout_members m set rollout = (select max(id) from rollouts) where rollout = (select min(id) from rollouts)
      and not exists (select from rollout_members o where o.rollout = (select max(id) from rollouts) and o.unit = m.unit)`,
  `delete from rollouts where id % 4 = $n % 4`,
  `delete from rollout_members where unit like '%$n'`,
  `truncate rollout_members`,
] as const;

test('undone backwards from now, the log gives what was there at every earlier revision', () =>
  withSample(async (db) => {
    const write = fc.record({ sql: fc.constantFrom(...WRITES), n: fc.integer({ min: 0, max: 5 }) });
    const transactions = fc.array(fc.array(write, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(transactions, async (script) => {
        const snapshots: { seq: number; contents: Contents }[] = [];
        for (const statements of script)
          await db.transaction(async (transaction) => {
            for (const { sql, n } of statements) {
              await transaction.query(sql.replaceAll('$n', String(n)));
              snapshots.push({
                seq: (await revision(transaction)).seq,
                contents: await readContents(transaction, TABLES),
              });
            }
          });
        const now = await readContents(db, TABLES);
        for (const { seq, contents } of snapshots) expect(await undoTo(db, now, seq)).toEqual(contents);
      }),
      { numRuns: 12 },
    );
  }));

test('twenty writers in any order of tables never deadlock, and no reader ever sees a revision before its predecessors', () =>
  withSample(async (db, address) => {
    const { seq: start } = await revision(db);
    const statements = [
      `update settings set version = '2.0'`,
      `update rules set value = '5'`,
      `update conditions set feature_value = feature_value where rule = 1`,
      `update setting_metadata set value = '2'`,
      `update context_features set index = index`,
      `delete from rule_metadata`,
    ];
    let writing = true;
    const watch = async (): Promise<number> => {
      let looks = 0;
      for (; writing; looks += 1) {
        const [seen] = await db.query<readonly { top: number; count: number; current: number }[]>(
          `select max(c.seq)::int as top, count(distinct c.seq)::int as count, max(r.seq)::int as current from heksher_changes c, heksher_revision r`,
        );
        expect(seen?.count).toBe(seen?.top);
        expect(seen?.current).toBe(seen?.top);
      }
      return looks;
    };
    const writer = async (number: number): Promise<void> => {
      for (let round = 0; round < 4; round += 1) {
        const order = statements.map(
          (_, position) => statements[(position * (number % 2 === 0 ? 1 : 5) + number + round) % 6],
        );
        await execute(address, `begin; ${order.slice(0, 3).join('; ')}; commit`);
      }
    };
    const watched = watch();
    await Promise.all(Array.from({ length: 20 }, (_, number) => writer(number))).finally(() => (writing = false));
    expect(await watched).toBeGreaterThan(3);
    expect((await revision(db)).seq).toBe(start + 20 * 4 * 3);
  }));

describe('pruneChanges', () => {
  test('deletes what is older, and never the newest revision', () =>
    withSample(async (db) => {
      await db.query(`insert into context_features (name, index) values ('newest', 100)`);
      const { seq } = await revision(db);
      await db.query(`update heksher_changes set at = at - interval '10 days' where seq <= $1`, [seq - 1]);
      const [{ count } = { count: 0 }] = await db.query<readonly { count: number }[]>(
        'select count(*)::int as count from heksher_changes where seq < $1',
        [seq],
      );
      expect(await pruneChanges(db.manager, 11)).toBe(0);
      expect(await pruneChanges(db.manager, 9.5)).toBe(count);
      expect(await pruneChanges(db.manager, 0)).toBe(0);
      expect(await entriesSince(db, 0)).toMatchObject([{ seq, op: 'statement' }, { seq }]);
    }));

  test('deletes whole transactions only, in more than one batch', () =>
    withSample(async (db, address) => {
      await execute(
        address,
        `begin;
         insert into context_features (name, index) values ('first', 100);
         insert into setting_metadata select s.name, 'k' || n, '1' from settings s cross join generate_series(1, 12000) n;
         commit;
         begin;
         insert into context_features (name, index) values ('second', 101);
         insert into context_features (name, index) values ('third', 102);
         commit;
         insert into context_features (name, index) values ('fourth', 103)`,
      );
      const { seq } = await revision(db);
      // The transaction with "second" and "third" is partly older than the limit.
      await db.query(`update heksher_changes set at = at - interval '10 days' where seq <= $1`, [seq - 2]);
      expect(await pruneChanges(db.manager, 5)).toBeGreaterThan(12_000);
      expect(await entriesSince(db, 0)).toMatchObject([
        ...[{ seq: seq - 2, op: 'statement' }, { seq: seq - 2 }],
        ...[{ seq: seq - 1, op: 'statement' }, { seq: seq - 1 }],
        ...[{ seq, op: 'statement' }, { seq }],
      ]);
    }));
});

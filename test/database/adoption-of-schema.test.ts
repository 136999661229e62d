import { migrations } from '@heksher/migrations';
import { readFile } from 'node:fs/promises';
import { HeksherError } from '@heksher/core';
import { type DatabaseAddress } from '../../libs/database/src/connection-string.js';
import { migrate, type MigrationReport } from '../../libs/database/src/migrate.js';
import { type Contents, readContents } from '../support/database/table-contents.js';
import {
  type DatabaseServer,
  execute,
  startDatabaseServer,
  withDataSource,
} from '../support/database/database-server.js';
import { HEKSHER_05, HEKSHER_05_OTHERWISE, SAMPLE_ROWS } from '../support/database/heksher-05.js';
import { ROLLOUT_ROWS } from '../support/database/rollouts.js';

let server: DatabaseServer;
let address: DatabaseAddress;
beforeAll(async () => {
  server = await startDatabaseServer();
});
beforeEach(async () => {
  address = await server.create();
});
afterAll(() => server.stop());

const adopt = (): Promise<MigrationReport> => withDataSource(address, migrate);
const contents = (): Promise<Contents> => withDataSource(address, (dataSource) => readContents(dataSource));

describe.each([
  ['by its migrations', HEKSHER_05],
  ['with other types, names and fewer constraints', HEKSHER_05_OTHERWISE],
])('a database of Heksher 0.5 made %s', (_, schema) => {
  test('is taken over with every row as it was, and as our entities describe it', async () => {
    await execute(address, schema + SAMPLE_ROWS);
    const before = await contents();
    const report = await adopt();
    expect(report).toEqual({
      applied: migrations.map(({ name }) => name),
      adopted: true,
      findings: [],
    });
    expect(await contents()).toEqual(before);
    await withDataSource(address, async (dataSource) => {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
      expect(await dataSource.query('select version_num from alembic_version')).toEqual([
        { version_num: '83f0f272313f' },
      ]);
    });
    expect(await adopt()).toEqual({ applied: [], adopted: false, findings: [] });
  });

  test('lets both services write on: ids go on, cascades and the log work', async () => {
    await execute(address, schema + SAMPLE_ROWS);
    if (schema === HEKSHER_05) await execute(address, `select setval('rules_id_seq', 7)`);
    await adopt();
    await withDataSource(address, async (dataSource) => {
      const added = await dataSource.query<unknown[]>(
        `insert into rules (setting, value) values ('limits', '{}') returning id`,
      );
      expect(added).toEqual([{ id: 8 }]);
      await dataSource.query(`update settings set name = 'cache' where name = 'cache_size'`);
      expect(await dataSource.query('select id from rules where setting = $1 order by id', ['cache'])).toEqual([
        { id: 1 },
        { id: 2 },
      ]);
      await dataSource.query('update context_features set index = 2 - index');
      await dataSource.query(`delete from settings where name = 'cache'`);
      expect(await dataSource.query('select rule from conditions order by rule')).toEqual([{ rule: 7 }]);
      const logged = await dataSource.query<unknown>(
        `select op, count(*)::int from heksher_changes where "table" = 'conditions' and op <> 'statement' group by op`,
      );
      expect(logged).toEqual([{ op: 'delete', count: 3 }]);
    });
  });
});

describe('what the old service let in', () => {
  test('nulls get their place: a feature without index goes last, a setting without version has 1.0', async () => {
    await execute(
      address,
      `${HEKSHER_05}
       insert into context_features values ('b', null), ('z', 4), ('a', null);
       insert into settings values ('x', 'int', '0', null)`,
    );
    const { findings } = await adopt();
    await withDataSource(address, async (dataSource) => {
      expect(await dataSource.query('select name, index from context_features order by index')).toEqual([
        { name: 'z', index: 4 },
        { name: 'a', index: 5 },
        { name: 'b', index: 6 },
      ]);
      expect(await dataSource.query('select version from settings')).toEqual([{ version: '1.0' }]);
    });
    expect(findings).toEqual([
      'context features whose indices are not 0, 1, 2, … (the order holds): "z" at 4, "a" at 5, "b" at 6',
    ]);
  });

  test('oddities stay and are reported once, by name', async () => {
    await execute(
      address,
      `${HEKSHER_05}
       insert into context_features values ('us-er', 0), ('theme', 1);
       insert into settings values ('x', 'int', '0', '1.0'), ('my setting', 'str', '1', '1.0'), ('.', 'no type', '{}', 'new');
       insert into setting_aliases values ('x', '.'), ('x', 'é');
       insert into rules (setting, value) select 'x', i::text from generate_series(1, 4) i;
       insert into conditions values (1, 'theme', 'dark'), (2, 'theme', 'dark'), (3, 'theme', 'a b'), (4, 'theme', 'ünï@x');
       insert into rule_metadata values (1, 'a key', '1')`,
    );
    const before = await contents();
    const { findings } = await adopt();
    expect(findings).toEqual([
      'rules with equal conditions, of which the oldest wins: 1, 2 of setting "x"',
      'aliases that are also the name of a setting: "." (alias of "x")',
      'settings that could not be made today: ".", "my setting"',
      'aliases that could not be made today: ".", "é"',
      'context features that could not be made today: "us-er"',
      'values of conditions that could not be made today: "a b"',
      'keys of metadata that could not be made today: "a key"',
    ]);
    expect(await contents()).toEqual(before);
  });

  test('a long list of oddities is cut after twenty and counted', async () => {
    await execute(
      address,
      `${HEKSHER_05} insert into settings select 'no ' || i, 'int', '0', '1.0' from generate_series(1, 33) i`,
    );
    const { findings } = await adopt();
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(/"no 1", .* and 13 more$/);
  });

  test('a value far longer than an index row is kept and found', async () => {
    await execute(
      address,
      `${HEKSHER_05}
       insert into context_features values ('user', 0);
       insert into settings values ('x', 'int', '0', '1.0');
       insert into rules (setting, value) values ('x', '1');
       insert into conditions select 1, 'user', string_agg(md5(i::text), '') from generate_series(1, 1000) i`,
    );
    await adopt();
    await withDataSource(address, async (dataSource) => {
      expect(await dataSource.query('select length(feature_value) from conditions')).toEqual([{ length: 32_000 }]);
    });
  });
});

const KNOWN = HEKSHER_05 + SAMPLE_ROWS;

const refusals: readonly [string, string, RegExp][] = [
  [
    'an older version',
    `${KNOWN} update alembic_version set version_num = '0bd1b8a4d2f9'`,
    /alembic_version 0bd1b8a4d2f9; bring it to 83f0f272313f/,
  ],
  ['no version', `${KNOWN} delete from alembic_version`, /alembic_version \(no row\)/],
  ['no alembic_version', `${KNOWN} drop table alembic_version`, /settings.*but no alembic_version/],
  [
    "another program's table of our name",
    'create table settings (id int)',
    /it holds settings, but no alembic_version/,
  ],
  ['a missing table', `${KNOWN} drop table rule_metadata`, /there is no rule_metadata/],
  [
    'a version without tables',
    `create table alembic_version as select '83f0f272313f' as version_num`,
    /there is no context_features, settings/,
  ],
  ['a missing column', `${KNOWN} alter table rules drop column value`, /"rules" has no column "value"/],
  [
    'a column of another kind',
    `${KNOWN} alter table settings alter version type date using now()`,
    /"settings"\."version" is date; expected character varying/,
  ],
  [
    'an unknown column that must be given',
    `${KNOWN} alter table rules add column tenant int not null default 1; alter table rules alter tenant drop default`,
    /unknown column "tenant", which is required/,
  ],
  [
    'a view in place of a table',
    `${KNOWN} alter table rule_metadata rename to rm; create view rule_metadata as table rm`,
    /"rule_metadata" is not an ordinary table/,
  ],
  [
    'a default and a value that are not JSON',
    `${KNOWN} update settings set default_value = 'NaN' where name = 'cache_size'; update rules set value = '''x''' where id = 7`,
    /not JSON: the default of setting "cache_size", the value of rule 7 \(of setting "colour"\);/,
  ],
  [
    'two features in one place',
    `${KNOWN} alter table context_features drop constraint context_features_index_key; update context_features set index = 1`,
    /could not create unique index.*\(index\)=\(1\) is duplicated/,
  ],
  [
    'a rule of no setting',
    `${KNOWN} alter table rules drop constraint rules_setting_fkey; update rules set setting = 'gone' where id = 7`,
    /rules.*\(setting\)=\(gone\) is not present/,
  ],
  [
    'an index beyond an integer',
    `${KNOWN} alter table context_features alter index type bigint; update context_features set index = 3000000000 where index = 2`,
    /integer out of range/,
  ],
];

describe('a database that is not what it should be is refused, and nothing in it is changed', () => {
  test.each(refusals)('%s', async (_, sql, message) => {
    await execute(address, sql);
    const before = await snapshot();
    const error = await adopt().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(HeksherError);
    expect(error).toMatchObject({ code: 'conflict' });
    expect(String(error)).toMatch(message);
    expect(await snapshot()).toEqual(before);
  });
});

test("other programs' tables are left alone, also their alembic_version", async () => {
  await execute(
    address,
    `create table alembic_version as select 'abc' as version_num; create table users as select 1 as id`,
  );
  expect(await adopt()).toMatchObject({ adopted: false });
  await withDataSource(address, async (dataSource) => {
    expect(await dataSource.query('select version_num, id from alembic_version, users')).toEqual([
      { version_num: 'abc', id: 1 },
    ]);
  });
});

test('a column that somebody added, and a table that refers to ours, do not stand in the way', async () => {
  await execute(
    address,
    `${KNOWN} alter table settings add column team text default 'x';
     create table owners (setting varchar references settings (name) on update cascade, feature varchar references context_features (name))`,
  );
  expect(await adopt()).toMatchObject({ adopted: true });
});

test('what the page on moving over says takes everything away again, and nothing else', async () => {
  await execute(address, HEKSHER_05 + SAMPLE_ROWS);
  const before = await contents();
  await adopt();
  await execute(address, ROLLOUT_ROWS);
  const page = await readFile(new URL('../../docs/moving.md', import.meta.url), 'utf8');
  const [, statements = ''] = /^```sql\n([\s\S]*?)^```$/m.exec(page) ?? [];
  await execute(address, statements);
  expect(await contents()).toEqual(before);
  await withDataSource(address, async (dataSource) => {
    const left = await dataSource.query<unknown>(`
      select relname from pg_class where relnamespace = 'public'::regnamespace and (relname like '%heksher%' or relname like '%rollout%')
      union all select proname from pg_proc where pronamespace = 'public'::regnamespace`);
    expect(left).toEqual([]);
  });
  expect(await adopt()).toMatchObject({ adopted: true, findings: [] });
});

/** Every relation, column, constraint, index, function and row. */
async function snapshot(): Promise<unknown> {
  return withDataSource(address, async (dataSource) => {
    const schema = await dataSource.query<unknown>(
      `select c.relname, c.relkind, array(select a.attname || format_type(a.atttypid, a.atttypmod) || a.attnotnull
                                            from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 order by a.attnum) as columns,
              array(select k.conname || pg_get_constraintdef(k.oid) from pg_constraint k where k.conrelid = c.oid order by 1) as constraints
         from pg_class c where c.relnamespace = 'public'::regnamespace order by c.relname`,
    );
    const functions = await dataSource.query<unknown>(
      `select proname from pg_proc where pronamespace = 'public'::regnamespace`,
    );
    const tables = await dataSource.query<readonly { name: string }[]>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    );
    return {
      schema,
      functions,
      rows: await readContents(
        dataSource,
        tables.map(({ name }) => name),
      ),
    };
  });
}

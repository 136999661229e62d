import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { empty } from '../support/database/contents.js';
import { copyFrom } from '../support/database/copy.js';
import { asking, expectAnswers } from '../support/model/questions.js';
import { readTables } from '../support/model/reference.js';
import {
  addFeatures,
  addRule,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

let writer: TestService;
let reader: TestService;
let client: pg.Client;
beforeAll(async () => {
  writer = await startTestService();
  reader = await startTestService({ HEKSHER_DB_LOCK_TIMEOUT_MS: '300' }, writer.database);
  client = await writer.database.connect();
});
afterAll(async () => {
  await client.end();
  await reader.stop();
  await writer.stop();
});

beforeEach(async () => {
  await empty(writer.database);
  const { call } = writer;
  await addFeatures(call, 'account', 'user', 'theme');
  for (const name of ['old_size', 'color', 'limits']) await declare(call, { name });
  await expectStatus(204, call('PUT', '/api/v1/settings/old_size/name', { body: { name: 'size', version: '1.1' } }));
  await addRule(call, 'size', { user: 'john' }, 1, { note: 'x' });
  await addRule(call, 'size', { user: 'john', theme: 'dark' }, 2);
  await addRule(call, 'color', { account: 'a', user: 'jim' }, 3);
  await expectCurrent();
});

const QUESTIONS = [
  asking(),
  asking('*', undefined, false),
  asking('user:(john)'),
  asking('theme:*,user:(john,jim)'),
  asking('*', ['old_size', 'color']),
  asking('', ['size']),
  asking('*', ['limits']),
  asking('*', ['new_size']),
];

/** Both services give what the tables hold now. */
async function expectCurrent(): Promise<void> {
  const tables = await readTables(writer.database);
  await expectAnswers(reader.url, tables, QUESTIONS);
  await expectAnswers(writer.url, tables, QUESTIONS);
}

const serverVersion = async (): Promise<number> => {
  const { rows } = await client.query<{ major: number }>(
    `select current_setting('server_version_num')::int / 10000 as major`,
  );
  return rows[0]?.major ?? NaN;
};

const MERGE = `
  merge into rules r using (values (1, '10'), (77, '11')) v (id, value) on r.id = v.id
   when matched then update set value = v.value
   when not matched then insert (id, setting, value) values (v.id, 'limits', v.value)`;
const UPSERT_OF_RULES = `
  insert into rules (id, setting, value) values (1, 'size', '10'), (77, 'limits', '11')
  on conflict (id) do update set value = excluded.value`;

const sql = (text: string) => async () => void (await client.query(text));
const api = (method: string, path: string, body: object) => async () => {
  const answer = await writer.call(method, `/api/v1${path}`, { body });
  if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.text}`);
};

describe('the next read, at any service, sees', () => {
  it.each<[what: string, write: () => Promise<void>]>([
    ['a value', api('PUT', '/rules/1/value', { value: 5 })],
    ['metadata of a rule', api('PUT', '/rules/1/metadata/note', { value: [1.5, null] })],
    ['metadata of a rule taken away', api('DELETE', '/rules/1/metadata', {})],
    [
      'a default',
      api('POST', '/settings/declare', {
        name: 'color',
        type: 'int',
        default_value: 7,
        configurable_features: ['account', 'user', 'theme'],
        version: '1.1',
      }),
    ],
    ['a renamed setting', api('PUT', '/settings/size/name', { name: 'new_size', version: '1.2' })],
    ['a renaming back', api('PUT', '/settings/size/name', { name: 'old_size', version: '1.2' })],
    ['a context feature moved first', api('PATCH', '/context_features/theme/index', { to_before: 'account' })],
    ['a deleted rule', api('DELETE', '/rules/1', {})],
    ['a deleted setting', api('DELETE', '/settings/size', {})],
    ['an update by SQL', sql(`update rules set value = '[1.50, "\\u00e9"]' where id = 1`)],
    ['an update of everything by SQL', sql(`update rules set value = '1.0'`)],
    [
      'an insertion by SQL',
      sql(
        `with r as (insert into rules (setting, value) values ('limits', '9') returning id) insert into conditions select id, 'user', 'john' from r`,
      ),
    ],
    ['a rule without conditions', sql(`insert into rules (setting, value) values ('limits', '9')`)],
    [
      'an older rule with the conditions of another, which wins',
      sql(`update rules set id = 100 where id = 1; insert into rules (id, setting, value) values (50, 'size', '9');
           insert into conditions values (50, 'user', 'john')`),
    ],
    [
      'a newer rule with the conditions of another, which loses',
      sql(
        `insert into rules (id, setting, value) values (50, 'size', '9'); insert into conditions values (50, 'user', 'john')`,
      ),
    ],
    ['a deletion by SQL', sql(`delete from rules where setting = 'size'`)],
    ['a deleted condition', sql(`delete from conditions where rule = 2 and context_feature = 'user'`)],
    ['a moved condition', sql(`update conditions set rule = 1 where rule = 2 and context_feature = 'theme'`)],
    ['a moved rule', sql(`update rules set setting = 'limits' where id = 1`)],
    ['a rule that gets another id', sql(`update rules set id = 100 where id = 1`)],
    ['a moved alias', sql(`update setting_aliases set setting = 'color'`)],
    ['a new alias', sql(`insert into setting_aliases values ('limits', 'new_size')`)],
    ['a deleted alias', sql(`delete from setting_aliases`)],
    ['a rename by SQL that cascades', sql(`update settings set name = 'new_size' where name = 'size'`)],
    [
      'two settings that swap their names',
      sql(
        `begin; update settings set name = 'x' where name = 'size'; update settings set name = 'size' where name = 'color'; update settings set name = 'color' where name = 'x'; commit`,
      ),
    ],
    ['a deletion by SQL that cascades', sql(`delete from settings where name = 'size'`)],
    ['a default by SQL', sql(`update settings set default_value = '{"b": 1.0,"a":[]}' where name = 'limits'`)],
    ['metadata by SQL', sql(`insert into rule_metadata values (1, 'Z', '{"b": 1.50, "a": 1}'), (3, 'é', '"\\u00e9"')`)],
    ['metadata that moves to another rule', sql(`update rule_metadata set rule = 3 where rule = 1`)],
    ['another order of context features by SQL', sql(`update context_features set index = 2 - index`)],
    [
      'a new context feature',
      sql(`insert into context_features values ('rank', 3); insert into conditions values (1, 'rank', '1')`),
    ],
    ['a truncation of one table', sql(`truncate conditions`)],
    ['a truncation of rules', sql(`truncate rules cascade`)],
    ['a truncation of aliases', sql(`truncate setting_aliases`)],
    ['a truncation of everything', sql(`truncate context_features, settings cascade`)],
    [
      'a COPY',
      () => copyFrom(client, 'copy rules (id, setting, value) from stdin', ['50\tlimits\t1', '51\tcolor\t"x"']),
    ],
    [
      'a COPY of conditions',
      () => copyFrom(client, 'copy conditions from stdin', ['3\ttheme\tlight', '1\taccount\ta']),
    ],
    [
      'what comes of a merge',
      async () => {
        const version = await serverVersion();
        if (version < 15) process.stdout.write(`PostgreSQL ${version} has no MERGE: an upsert stands in for it\n`);
        await client.query(version < 15 ? UPSERT_OF_RULES : MERGE);
      },
    ],
    [
      'an upsert',
      sql(
        `insert into rule_metadata values (1, 'note', '"y"') on conflict (rule, key) do update set value = excluded.value`,
      ),
    ],
    [
      'a transaction over many tables',
      sql(
        `begin; delete from conditions where rule = 1; update settings set default_value = '0'; insert into setting_aliases values ('limits', 'new_size'); delete from rules where id = 3; commit`,
      ),
    ],
    [
      'what a savepoint left of a transaction',
      sql(
        `begin; update rules set value = '5' where id = 1; savepoint s; update rules set value = '6' where id = 1; delete from settings; rollback to s; update rules set value = '7' where id = 2; commit`,
      ),
    ],
    ['a change while the log is pruned to nothing', sql(`update rules set value = '8'; delete from heksher_changes`)],
  ])('%s', async (_what, write) => {
    const before = await readTables(writer.database);
    await write();
    expect(await readTables(writer.database)).not.toEqual(before);
    await expectCurrent();
    // And what comes after it: the services go on from what they made of it.
    await client.query(`update settings set default_value = '12' where name = 'color'`);
    await expectCurrent();
  });

  it.each([
    ['a transaction rolled back', `begin; update rules set value = '5'; truncate setting_aliases; rollback`],
    [
      'statements that change no row',
      `update rules set value = '5' where false; delete from settings where name = 'x'`,
    ],
  ])('nothing of %s', async (_what, text) => {
    const before = await readTables(writer.database);
    await client.query(text);
    expect(await readTables(writer.database)).toEqual(before);
    await expectCurrent();
  });
});

describe('a long open transaction', () => {
  const orFail = <T>(answering: Promise<T>): Promise<T> =>
    Promise.race([
      answering,
      sleep(10_000, undefined, { ref: false }).then(() => Promise.reject(new Error('it waits'))),
    ]);
  const read = () => reader.call('GET', '/api/v1/query?settings=size&context_filters=user:*');
  const open = `begin; update rules set value = '5'; update settings set name = 'x' where name = 'color'; insert into context_features values ('rank', 3)`;

  it.each(['commit', 'rollback'])('is not waited for, and seen from its %s on', async (end) => {
    await client.query(open);
    const before = await orFail(read());
    expect(before).toMatchObject({ status: 200, body: { settings: { size: { rules: [{ value: 1 }] } } } });
    await orFail(expectCurrent());
    await client.query(end);
    await expectCurrent();
    expect((await read()).body).toMatchObject({ settings: { size: { rules: [{ value: end === 'commit' ? 5 : 1 }] } } });
  });

  it('with a snapshot from before a write does not hold the write back from readers', async () => {
    await client.query('begin transaction isolation level repeatable read; select count(*) from rules');
    await api('PUT', '/rules/1/value', { value: 6 })();
    await expectCurrent();
    await client.query('commit');
  });

  it('that locks tables out of reach makes reads stale, marked so, and not wait', async () => {
    const other = await writer.database.connect();
    try {
      await api('PUT', '/rules/1/value', { value: 6 })();
      await other.query('begin; lock table conditions in access exclusive mode');
      const answer = await orFail(read());
      expect(answer).toMatchObject({ status: 200, body: { settings: { size: { rules: [{ value: 1 }] } } } });
      expect(answer.headers.get('heksher-stale')).toBe('1');
      await other.query('rollback');
    } finally {
      await other.end();
    }
    while ((await read()).headers.has('heksher-stale')) await sleep(20);
    await expectCurrent();
  });
});

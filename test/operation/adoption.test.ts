import { HEKSHER_05 } from '../support/database/heksher-05.js';
import { contents, TABLES_OF_05 } from '../support/database/contents.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { spawnService } from '../support/service/process.js';
import { addRule, declare, startTestService, type TestService } from '../support/service/service.js';

/** What a team has after years, with what the old service let in. */
const ROWS = `
insert into context_features values ('account', 3), ('us-er', 5), ('theme', 12);
insert into settings values
  ('cache_size', 'int', '10', '1.3'),
  ('my setting', 'str', '"x"', '1.0'),
  ('broken', 'int', '"ten"', '1.0'),
  ('strange', 'complex', '{"b": 1.0, "a": 1e2}', 'new');
insert into configurable values ('cache_size', 'account'), ('cache_size', 'theme'), ('cache_size', 'us-er'),
  ('my setting', 'theme'), ('broken', 'theme'), ('strange', 'us-er');
insert into setting_aliases values ('cache_size', 'size'), ('cache_size', 'old-size');
insert into setting_metadata values ('cache_size', 'owner', '{"team": "core"}'), ('cache_size', 'a key', '1.50');
insert into rules (id, setting, value) values
  (1, 'cache_size', '20'), (2, 'cache_size', '30'), (3, 'cache_size', '40'), (4, 'cache_size', '"forty"'),
  (5, 'my setting', '"y"'), (6, 'strange', 'null'), (9, 'cache_size', '90');
insert into conditions values
  (1, 'account', 'john'), (1, 'theme', 'dark'), (2, 'theme', 'dark'), (2, 'account', 'john'),
  (3, 'us-er', 'jim'), (4, 'theme', 'a b, (c)'), (5, 'theme', 'dark'), (6, 'us-er', 'x');
insert into rule_metadata values (1, 'why', '"because"'), (2, 'a key', '{"n": 1.0}');
select setval('rules_id_seq', 9);
`;

let database: TestDatabase;
let service: TestService;
beforeAll(async () => {
  database = await createDatabase({ from: 'nothing' });
  await database.sql(HEKSHER_05);
  await database.sql(ROWS);
});
afterAll(async () => {
  await service?.stop();
  await database.drop();
});

const get = async (path: string) => (await service.call('GET', `/api/v1${path}`)).body;
const send = (method: string, path: string, body?: object) => service.call(method, `/api/v1${path}`, { body });

describe('starting on a database of Heksher 0.5', () => {
  it('changes no row, and logs what it noticed once', async () => {
    const before = await contents(database, TABLES_OF_05);
    const first = await outputOfStart();
    expect(await contents(database, TABLES_OF_05)).toEqual(before);
    const noticed = [
      /rules with equal conditions.*1, 2 of setting/,
      /indices/,
      /settings.*"my setting"/,
      /aliases.*"old-size"/,
      /^context features that.*"us-er"/,
      /conditions.*"a b, \(c\)"/,
      /^keys of metadata.*"a key"/,
      /default value of the setting broken.*ten.*int/,
      /rule 4 of the setting cache_size.*forty.*int/,
      /default value of the setting strange/,
    ];
    const lines = findings(first);
    for (const finding of noticed) expect(lines.filter((line) => finding.test(line))).toHaveLength(1);
    expect(findings(await outputOfStart())).toEqual([]);
    expect(await contents(database, TABLES_OF_05)).toEqual(before);
  });
});

describe('every row is served', () => {
  beforeAll(async () => {
    service = await startTestService({}, database);
  });

  const cacheSize = {
    name: 'cache_size',
    type: 'int',
    default_value: 10,
    version: '1.3',
    configurable_features: ['account', 'us-er', 'theme'],
    metadata: { owner: { team: 'core' }, 'a key': 1.5 },
    aliases: ['old-size', 'size'],
  };

  it('context features in the order of their indices', async () => {
    expect(await get('/context_features')).toEqual({ context_features: ['account', 'us-er', 'theme'] });
    expect(await get('/context_features/us-er')).toEqual({ index: 1 });
  });

  it('settings, whatever their names, types, defaults and versions', async () => {
    const { settings } = (await get('/settings?include_additional_data=true')) as { settings: { name: string }[] };
    expect(settings).toEqual([
      expect.objectContaining({ name: 'broken', type: 'int', default_value: 'ten' }),
      cacheSize,
      expect.objectContaining({ name: 'my setting', default_value: 'x' }),
      expect.objectContaining({ name: 'strange', type: 'complex', default_value: { b: 1, a: 100 } }),
    ]);
    for (const setting of settings) expect(await get(`/settings/${encodeURIComponent(setting.name)}`)).toEqual(setting);
    for (const alias of ['size', 'old-size']) expect(await get(`/settings/${alias}`)).toEqual(cacheSize);
    const { text } = await service.call('GET', '/api/v1/settings/strange');
    expect(text.replaceAll(': ', ':')).toMatch(/"default_value":\{"b":1.0, ?"a":1e2\}/);
  });

  it('rules, also both of two with equal conditions and one without any', async () => {
    const conditions = [
      ['account', 'john'],
      ['theme', 'dark'],
    ];
    expect(await get('/rules/1')).toEqual({
      setting: 'cache_size',
      value: 20,
      feature_values: conditions,
      metadata: { why: 'because' },
    });
    expect(await get('/rules/2')).toEqual({
      setting: 'cache_size',
      value: 30,
      feature_values: conditions,
      metadata: { 'a key': { n: 1 } },
    });
    expect(await get('/rules/3')).toMatchObject({ feature_values: [['us-er', 'jim']] });
    expect(await get('/rules/4')).toMatchObject({ value: 'forty', feature_values: [['theme', 'a b, (c)']] });
    expect(await get('/rules/9')).toMatchObject({ value: 90, feature_values: [] });
  });

  it('of rules with equal conditions the older one is found and queried', async () => {
    expect(await get('/rules/search?setting=size&feature_values=theme:dark,account:john')).toEqual({ rule_id: 1 });
    const ids = async (query: string) => {
      const { settings } = (await get(query)) as { settings: { cache_size: { rules: { rule_id: number }[] } } };
      return settings.cache_size.rules.map((rule) => rule.rule_id);
    };
    expect(await ids('/query')).toEqual([1, 3, 4, 9]);
    expect(await ids('/query?context_filters=account:(john),theme:(dark)')).toEqual([1, 9]);
    expect(await ids('/query?context_filters=')).toEqual([9]);
  });

  it('by queries for an odd name too', async () => {
    const { settings } = (await get('/query')) as { settings: Record<string, unknown> };
    expect(Object.keys(settings).sort()).toEqual(['broken', 'cache_size', 'my setting', 'strange']);
    expect(await get('/query?settings=my%20setting')).toEqual({ settings: { 'my setting': settings['my setting'] } });
    expect(await get('/query?settings=old-size')).toEqual({ settings: { cache_size: settings['cache_size'] } });
  });
});

describe('the API repairs', () => {
  it('a default that does not fit, by a declaration', async () => {
    const repaired = { name: 'broken', configurable_features: ['theme'], default_value: 10 };
    expect((await declare(service.call, repaired)).body).toMatchObject({ outcome: 'mismatch' });
    const answer = await declare(service.call, { ...repaired, version: '1.1' });
    expect(answer.body).toMatchObject({
      outcome: 'upgraded',
      differences: [{ attribute: 'default_value', latest_value: 'ten' }],
    });
    expect(await get('/settings/broken')).toMatchObject({ default_value: 10, version: '1.1' });
  });

  it('a value that does not fit, after which the type can change', async () => {
    const change = () => send('PUT', '/settings/cache_size/type', { type: 'float', version: '2.0' });
    expect((await change()).body).toMatchObject({ conflicts: [expect.stringMatching(/^rule 4 /)] });
    expect((await send('PUT', '/rules/4/value', { value: 41 })).status).toBe(204);
    expect((await change()).status).toBe(204);
    expect(await get('/settings/cache_size')).toMatchObject({ type: 'float', version: '2.0' });
  });

  it('a type that is none', async () => {
    expect((await send('PUT', '/rules/6/value', { value: {} })).status).toBe(400);
    const conflicting = await send('PUT', '/settings/strange/type', { type: 'Mapping<float>', version: '2.0' });
    expect(conflicting.body).toMatchObject({ conflicts: [expect.stringMatching(/^rule 6 /)] });
    await send('DELETE', '/rules/6');
    expect((await send('PUT', '/settings/strange/type', { type: 'Mapping<float>', version: '2.0' })).status).toBe(204);
    expect(await get('/settings/strange')).toMatchObject({ type: 'Mapping<float>', default_value: { b: 1, a: 100 } });
  });

  it('equal rules: with the older deleted, the newer is found and queried', async () => {
    expect((await send('DELETE', '/rules/1')).status).toBe(204);
    expect(await get('/rules/search?setting=size&feature_values=theme:dark,account:john')).toEqual({ rule_id: 2 });
    expect(await get('/query?settings=size')).toMatchObject({
      settings: { cache_size: { rules: [{ rule_id: 2, value: 30 }, { rule_id: 3 }, { rule_id: 4 }, { rule_id: 9 }] } },
    });
  });

  it('an odd name of a setting, by a rename with its rules', async () => {
    const renamed = {
      name: 'my_setting',
      alias: 'my setting',
      type: 'str',
      default_value: 'x',
      configurable_features: ['theme'],
    };
    expect((await declare(service.call, { ...renamed, version: '1.1' })).body).toMatchObject({ outcome: 'upgraded' });
    expect(await get('/rules/5')).toMatchObject({ setting: 'my_setting' });
    expect(await get('/settings/my%20setting')).toMatchObject({ name: 'my_setting', aliases: ['my setting'] });
  });

  it('odd keys of metadata, by deleting them', async () => {
    expect((await send('DELETE', '/settings/size/metadata/a%20key', { version: '2.1' })).status).toBe(204);
    expect(await get('/settings/size/metadata')).toEqual({ metadata: { owner: { team: 'core' } } });
    expect((await send('DELETE', '/rules/2/metadata/a%20key')).status).toBe(204);
    expect(await get('/rules/2/metadata')).toEqual({ metadata: {} });
  });

  it('an odd name of a context feature, by deleting it once nothing uses it; that closes the holes too', async () => {
    expect((await send('DELETE', '/context_features/us-er')).status).toBe(409);
    for (const path of ['/rules/3', '/settings/strange']) expect((await send('DELETE', path)).status).toBe(204);
    const features = { configurable_features: ['account', 'theme'], version: '2.2' };
    expect((await send('PUT', '/settings/size/configurable_features', features)).status).toBe(204);
    expect((await send('DELETE', '/context_features/us-er')).status).toBe(204);
    expect(await database.sql('select name, index from context_features order by index')).toEqual([
      { name: 'account', index: 0 },
      { name: 'theme', index: 1 },
    ]);
  });

  it('and new rules get ids above all that were there', async () => {
    expect(await addRule(service.call, 'size', { theme: 'new' }, 5)).toBeGreaterThan(9);
  });
});

/** All a process prints from its start on the database to the end that a signal gives it. */
async function outputOfStart(): Promise<string> {
  const { ready, child, exited, output } = spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString });
  await ready;
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
  return output();
}

function findings(output: string): readonly string[] {
  const lines = output.split('\n').filter((line) => line.includes('noticed while taking over'));
  return lines.map((line) => (JSON.parse(line) as { finding: string }).finding);
}

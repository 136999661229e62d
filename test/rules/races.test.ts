import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { empty } from '../support/database/contents.js';
import {
  type Answer,
  addFeatures,
  addRule,
  type Call,
  declare,
  startTestService,
  type TestService,
} from '../support/service/service.js';

describe.each([
  ['one service', [{}]],
  // One of the two writes at a time: on a busy machine the last of 200 waits for longer than usual.
  ['one service with two connections', [{ HEKSHER_DB_POOL_SIZE: '2', HEKSHER_DB_LOCK_TIMEOUT_MS: '60000' }]],
  ['two services on one database', [{}, {}]],
])('%s, asked for many things at once:', (_name, environments: readonly Record<string, string>[]) => {
  let database: TestDatabase;
  let services: readonly TestService[];
  beforeAll(async () => {
    database = await createDatabase();
    services = await Promise.all(environments.map((env) => startTestService(env, database)));
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await database.drop();
  });
  beforeEach(async () => {
    await empty(database);
    await addFeatures(callOf(0), 'account', 'user', 'theme');
  });
  afterEach(() => expectConsistent(database));

  /** The calls go to the services in turn. */
  function callOf(client: number): Call {
    const service = services[client % services.length];
    if (service === undefined) throw new Error('no service runs');
    return service.call;
  }

  const atOnce = (clients: number, ask: (call: Call, client: number) => Promise<Answer>): Promise<readonly Answer[]> =>
    Promise.all(Array.from({ length: clients }, (_, client) => ask(callOf(client), client)));

  /** Each service gives the same answer to a read. */
  async function expectAlike(path: string): Promise<unknown> {
    const answers = await atOnce(services.length, (call) => call('GET', path));
    for (const { text } of answers) expect(text).toBe(answers[0]?.text);
    return answers[0]?.body;
  }

  it('200 identical rules make one: one 201, the rest 409', async () => {
    await declare(callOf(0));
    const body = {
      setting: 'cache_size',
      feature_values: { user: 'john', theme: 'dark' },
      value: 5,
      metadata: { a: 1 },
    };
    const answers = await atOnce(200, (call) => call('POST', '/api/v1/rules', { body }));
    expect(count(answers, ({ status }) => status)).toEqual({ 201: 1, 409: 199 });
    expect(await database.sql('select value from rules')).toEqual([{ value: '5' }]);
    expect(await database.sql('select count(*)::int from conditions')).toEqual([{ count: 2 }]);
    const [rule] = await database.sql<{ id: number }>('select id from rules');
    expect(await expectAlike('/api/v1/query')).toMatchObject({
      settings: { cache_size: { rules: [{ rule_id: rule?.id }] } },
    });
  });

  it('50 identical declarations of a new setting: one created, the rest uptodate', async () => {
    const answers = await atOnce(50, (call) => declare(call, { metadata: { a: 1, b: 2 } }));
    expect(count(answers, outcomeOf)).toEqual({ '200 created': 1, '200 uptodate': 49 });
    expect(await expectAlike('/api/v1/settings')).toMatchObject({ settings: [{ name: 'cache_size' }] });
  });

  it('50 different declarations of a new setting: the one that was created stays', async () => {
    const answers = await atOnce(50, (call, client) => declare(call, { default_value: client }));
    expect(count(answers, outcomeOf)).toEqual({ '200 created': 1, '409 mismatch': 49 });
    const winner = answers.findIndex((answer) => outcomeOf(answer) === '200 created');
    expect(await expectAlike('/api/v1/settings/cache_size')).toMatchObject({ default_value: winner });
  });

  it('30 identical upgrades: one upgraded, the rest uptodate', async () => {
    await declare(callOf(0));
    const answers = await atOnce(30, (call) => declare(call, { default_value: 0, version: '1.1' }));
    expect(count(answers, outcomeOf)).toEqual({ '200 upgraded': 1, '200 uptodate': 29 });
    expect(await expectAlike('/api/v1/settings/cache_size')).toMatchObject({ default_value: 0, version: '1.1' });
  });

  it('30 different upgrades to one version: one is carried out, the rest are mismatches', async () => {
    await declare(callOf(0));
    const answers = await atOnce(30, (call, client) => declare(call, { default_value: 1000 + client, version: '1.1' }));
    expect(count(answers, outcomeOf)).toEqual({ '200 upgraded': 1, '409 mismatch': 29 });
    const winner = answers.findIndex((answer) => outcomeOf(answer) === '200 upgraded');
    expect(await expectAlike('/api/v1/settings/cache_size')).toMatchObject({ default_value: 1000 + winner });
  });

  it('upgrades to many versions: the highest is there at the end, and no older one after it', async () => {
    await declare(callOf(0));
    await atOnce(30, (call, client) => declare(call, { default_value: client, version: `1.${client + 1}` }));
    expect(await expectAlike('/api/v1/settings/cache_size')).toMatchObject({ version: '1.30', default_value: 29 });
  });

  it('moves, additions and deletions of context features keep the indices 0..n-1', async () => {
    await addFeatures(callOf(0), 'a', 'b', 'c');
    const names = ['account', 'user', 'theme', 'a', 'b', 'c'];
    const pick = (position: number): string => names[position % names.length] ?? 'a';
    const answers = await atOnce(60, (call, client) => {
      if (client % 15 === 0)
        return call('POST', '/api/v1/context_features', { body: { context_feature: `new${client}` } });
      if (client % 20 === 7) return call('DELETE', `/api/v1/context_features/${pick(client)}`);
      const side = client % 2 === 0 ? 'to_after' : 'to_before';
      return call('PATCH', `/api/v1/context_features/${pick(client)}/index`, {
        body: { [side]: pick(client * 5 + 1) },
      });
    });
    for (const { status } of answers) expect([204, 404]).toContain(status);
    const rows = await database.sql<{ name: string; index: number }>(
      'select name, index from context_features order by index',
    );
    expect(rows.map(({ index }) => index)).toEqual(rows.map((_row, index) => index));
    expect(await expectAlike('/api/v1/context_features')).toEqual({ context_features: rows.map(({ name }) => name) });
    expect(rows).toEqual(
      expect.arrayContaining(
        ['new0', 'new15', 'new30', 'new45'].map((name) => expect.objectContaining({ name }) as unknown),
      ),
    );
  });

  it('20 additions of one context feature: one 204, the rest 409', async () => {
    const body = { context_feature: 'trust' };
    const answers = await atOnce(20, (call) => call('POST', '/api/v1/context_features', { body }));
    expect(count(answers, ({ status }) => status)).toEqual({ 204: 1, 409: 19 });
  });

  it('a rename and declarations by the old and the new name end in one setting with both names', async () => {
    await declare(callOf(0));
    const answers = await atOnce(30, (call, client) => {
      if (client % 3 === 0)
        return call('PUT', '/api/v1/settings/cache_size/name', { body: { name: 'size', version: '1.1' } });
      if (client % 3 === 1) return declare(call, { name: 'size', alias: 'cache_size', version: '1.1' });
      return declare(call);
    });
    for (const { status } of answers) expect([200, 204, 409]).toContain(status);
    const upgraded = answers.filter((answer) => outcomeOf(answer) === '200 upgraded');
    expect(upgraded.length).toBeLessThanOrEqual(1);
    expect(await expectAlike('/api/v1/settings?include_additional_data=1')).toMatchObject({
      settings: [{ name: 'size', aliases: ['cache_size'], version: '1.1' }],
    });
    expect(await database.sql('select count(*)::int from settings')).toEqual([{ count: 1 }]);
  });

  it('rules come while the feature they use goes: whichever is first, the other is refused', async () => {
    await declare(callOf(0));
    const answers = await atOnce(20, (call, client) => {
      if (client === 9) return declare(call, { configurable_features: ['account'], version: '1.1' });
      const body = { setting: 'cache_size', feature_values: { user: `user${client}` }, value: 5 };
      return call('POST', '/api/v1/rules', { body });
    });
    const added = answers.filter(({ status }) => status === 201).length;
    const declared = answers.map(outcomeOf)[9];
    expect(declared).toBe(added === 0 ? '200 upgraded' : declared);
    if (declared === '200 upgraded') expect(added).toBe(0);
    else expect(declared).toBe('409 rejected');
    expect(await database.sql('select count(*)::int from rules')).toEqual([{ count: added }]);
  });

  it('rules come while the setting goes: none is left behind', async () => {
    await declare(callOf(0));
    const answers = await atOnce(20, (call, client) => {
      if (client === 9) return call('DELETE', '/api/v1/settings/cache_size');
      const body = { setting: 'cache_size', feature_values: { user: `user${client}` }, value: 5, metadata: { a: 1 } };
      return call('POST', '/api/v1/rules', { body });
    });
    for (const { status } of answers) expect([201, 204, 422]).toContain(status);
    for (const table of ['rules', 'conditions', 'rule_metadata']) {
      expect(await database.sql(`select count(*)::int from ${table}`)).toEqual([{ count: 0 }]);
    }
  });

  it('20 deletions of one rule: one 204, the rest 404', async () => {
    await declare(callOf(0));
    const id = await addRule(callOf(0), 'cache_size', { user: 'john' }, 5);
    const answers = await atOnce(20, (call) => call('DELETE', `/api/v1/rules/${id}`));
    expect(count(answers, ({ status }) => status)).toEqual({ 204: 1, 404: 19 });
  });

  it('30 keys of metadata written at once are all there', async () => {
    await declare(callOf(0));
    const id = await addRule(callOf(0), 'cache_size', { user: 'john' }, 5);
    await atOnce(30, (call, client) =>
      call('PUT', `/api/v1/rules/${id}/metadata/key${client}`, { body: { value: client } }),
    );
    const metadata = Object.fromEntries(Array.from({ length: 30 }, (_, client) => [`key${client}`, client]));
    expect(await expectAlike(`/api/v1/rules/${id}/metadata`)).toEqual({ metadata });
  });
});

function outcomeOf({ status, body }: Answer): string {
  const outcome = typeof body === 'object' && body !== null && 'outcome' in body ? String(body.outcome) : 'other';
  return `${status} ${outcome}`;
}

function count(answers: readonly Answer[], of: (answer: Answer) => string | number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[of(answer)] = (counts[of(answer)] ?? 0) + 1;
  return counts;
}

/** What holds whatever has happened, in the words of SQL: each of these selects nothing. */
async function expectConsistent(database: TestDatabase): Promise<void> {
  const violations = await Promise.all([
    database.sql(
      `select * from (select index, row_number() over (order by index) - 1 as place from context_features) f where index <> place`,
    ),
    database.sql(`select c.* from conditions c join rules r on r.id = c.rule
                   where not exists (select from configurable f where f.setting = r.setting and f.context_feature = c.context_feature)`),
    database.sql(`select a.* from setting_aliases a join settings s on s.name = a.alias`),
    database.sql(`select setting, conditions from (
                    select r.setting, array(select c.context_feature || ':' || c.feature_value from conditions c where c.rule = r.id order by 1) as conditions
                      from rules r) rule
                   group by setting, conditions having count(*) > 1 or conditions = '{}'`),
  ]);
  expect(violations).toEqual([[], [], [], []]);
}

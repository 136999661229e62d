import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { contents } from '../support/database/contents.js';
import { ask, EXPRESS_WAY } from '../support/http/both-ways.js';
import {
  addFeatures,
  addRollout,
  addRule,
  type Answer,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

const ADMIN = makeKey().text;

let service: TestService;
let call: Call;
const keys: Record<string, string> = {};
const ids = { mine: 0, other: 0, myRollout: 0, otherRollout: 0 };

beforeAll(async () => {
  service = await startTestService({ HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: ADMIN, HEKSHER_TARGETING_FEATURE: 'user' });
  call = (method, path, options) =>
    service.call(method, path, { ...options, headers: { Authorization: `Bearer ${ADMIN}`, ...options?.headers } });
  await addFeatures(call, 'account', 'user', 'theme');
  for (const name of ['billing.rate', 'billing.tax', 'ui.theme'])
    await declare(call, { name, default_value: name.length });
  await expectStatus(
    204,
    call('PUT', '/api/v1/settings/ui.theme/name', { body: { name: 'ui.color', version: '1.1' } }),
  );
  ids.mine = await addRule(call, 'billing.rate', { account: 'jim', user: 'ann' }, 1);
  ids.other = await addRule(call, 'ui.color', { account: 'jim', user: 'secret' }, 2);
  await addRule(call, 'ui.color', { account: 'jim' }, 71);
  await addRule(call, 'ui.color', { account: 'eve' }, 72);
  ids.myRollout = await addRollout(call, 'billing.tax', { value: 3 });
  ids.otherRollout = await addRollout(call, 'ui.color', { value: 4, pattern: 'secret.*' });
  const grants = {
    billing: ['read:billing.*'],
    ui: ['read:ui.*'],
    uiToo: ['evaluate:ui.color', 'propose:ui.*'],
    writer: ['write:billing.*'],
    declarer: ['declare:billing.*'],
    none: ['declare'],
  };
  for (const [name, given] of Object.entries(grants)) keys[name] = await create({ grants: given });
  keys['tenant'] = await create({ grants: ['evaluate'], pinned: { account: 'jim' } });
});
afterAll(() => service.stop());

async function create(body: object): Promise<string> {
  const answer = await expectStatus(201, call('POST', '/api/v1/keys', { body: { subject: 'tester', ...body } }));
  return (answer.body as { key: string }).key;
}

const as =
  (who: string) =>
  (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    service.call(method, path, {
      body,
      headers: { 'X-API-Key': keys[who] ?? '', Accept: 'application/json', ...headers },
    });

const namesIn = ({ body }: Answer): readonly string[] => Object.keys((body as { settings: object }).settings);

test('the same query shows each only what it may read, in any order and again and again, by both ways', async () => {
  for (const query of ['', '?context_filters=*', '?include_metadata=true', '?include_rollouts=true']) {
    const target = `/api/v1/query${query}`;
    for (const order of [
      ['billing', 'ui', 'uiToo'],
      ['uiToo', 'ui', 'billing'],
      ['ui', 'billing', 'ui'],
    ]) {
      for (const who of [...order, ...order]) {
        const expected = who === 'billing' ? ['billing.rate', 'billing.tax'] : ['ui.color'];
        expect([who, namesIn(await as(who)('GET', target))]).toEqual([who, expected]);
        const slow = await ask(service.url, { target, headers: [`X-API-Key: ${keys[who]}`] }, EXPRESS_WAY);
        expect(Object.keys((JSON.parse(slow.body) as { settings: object }).settings)).toEqual(expected);
      }
    }
  }
});

test("a tag of another's answer is no tag of mine, and my own is", async () => {
  const asked = [
    ['GET', '/api/v1/query', undefined],
    ['GET', '/api/v1/settings', undefined],
    ['GET', '/api/v1/rules', undefined],
    ['POST', '/ofrep/v1/evaluate/flags', { context: { user: 'ann' } }],
  ] as const;
  for (const [method, path, body] of asked) {
    const tags = new Map<string, string>();
    for (const who of ['billing', 'ui', 'billing', 'ui']) {
      const { headers } = await expectStatus(200, as(who)(method, path, body));
      tags.set(who, headers.get('etag') ?? '');
    }
    for (const [who, other] of [
      ['billing', 'ui'],
      ['ui', 'billing'],
    ] as const) {
      const mine = await as(who)(method, path, body, { 'If-None-Match': tags.get(who) ?? '' });
      expect([path, who, mine.status]).toEqual([path, who, 304]);
      const theirs = await as(who)(method, path, body, { 'If-None-Match': tags.get(other) ?? '' });
      expect([path, who, theirs.status]).toEqual([path, who, 200]);
      expect(theirs.text).not.toContain(other === 'ui' ? 'ui.color' : 'billing');
    }
  }
});

test('lists, evaluations and flags show what may be read, and nothing of the rest', async () => {
  const paths = [
    ...['/settings', '/settings?include_additional_data=true', '/settings?limit=10', '/rules', '/rollouts', '/lint'],
    ...['/settings?include=changed&sort=-changed', '/settings?changed_after=0', '/settings?without=owner'],
    ...['/context_features/user/values', '/context_features/account/values'],
  ];
  for (const path of paths) {
    const { text } = await expectStatus(200, as('billing')('GET', `/api/v1${path}`));
    expect([path, /ui\.|secret|"eve"/.test(text)]).toEqual([path, false]);
  }
  for (const [query, total] of [
    ['value=71', 0],
    ['value=1', 1],
    ['changed_after=0', 2],
    ['without=owner', 2],
  ] as const) {
    const { body } = await expectStatus(200, as('billing')('GET', `/api/v1/settings?${query}`));
    expect([query, body]).toEqual([query, expect.objectContaining({ total })]);
  }
  const evaluated = await expectStatus(200, as('billing')('POST', '/api/v1/evaluate', { context: { account: 'jim' } }));
  expect(namesIn(evaluated)).toEqual(['billing.rate', 'billing.tax']);
  for (const who of ['billing', 'ui', 'billing', 'uiToo', 'ui']) {
    const { text } = await expectStatus(200, as(who)('POST', '/ofrep/v1/evaluate/flags', { context: { user: 'x' } }));
    expect([who, text.includes('ui.color'), text.includes('billing.rate')]).toEqual([
      who,
      who !== 'billing',
      who === 'billing',
    ]);
  }
});

test('what is named and not granted is a 403 that says so, by any of its names; what does not exist stays a 404', async () => {
  const billing = as('billing');
  for (const name of ['ui.color', 'ui.theme']) {
    const asked = [
      billing('GET', `/api/v1/query?settings=billing.rate,${name}`),
      billing('POST', '/api/v1/evaluate', { context: {}, settings: [name] }),
      billing('POST', `/ofrep/v1/evaluate/flags/${name}`, { context: {} }),
      billing('GET', `/api/v1/settings/${name}`),
      billing('GET', `/api/v1/settings/${name}?include=rules`),
      billing('GET', `/api/v1/settings/${name}/metadata`),
      billing('GET', `/api/v1/settings/${name}/override`),
      billing('GET', `/api/v1/settings/${name}/lint`),
      billing('GET', `/api/v1/rules/search?setting=${name}&feature_values=account:jim`),
      billing('GET', `/api/v1/rules?setting=${name}`),
      billing('GET', `/api/v1/rollouts?setting=${name}`),
    ];
    for (const answer of await Promise.all(asked)) {
      expect([answer.status, answer.text.includes('you do not have')]).toEqual([403, true]);
    }
  }
  for (const path of [
    `/rules/${ids.other}`,
    `/rules/${ids.other}/metadata`,
    `/rollouts/${ids.otherRollout}`,
    `/rollouts/${ids.otherRollout}/members`,
  ])
    expect([path, (await billing('GET', `/api/v1${path}`)).status]).toEqual([path, 403]);
  for (const path of [
    '/query?settings=nothing',
    '/rules?setting=nothing',
    '/rollouts?setting=nothing',
    '/settings/nothing',
    '/rules/99999',
    '/rollouts/99999',
    '/settings/nothing/lint',
  ])
    expect([path, (await billing('GET', `/api/v1${path}`)).status]).toEqual([path, 404]);
  expect((await billing('POST', '/ofrep/v1/evaluate/flags/nothing', {})).status).toBe(404);
  for (const path of [
    `/rules/${ids.mine}`,
    `/rollouts/${ids.myRollout}`,
    '/settings/billing.rate',
    '/query?settings=billing.tax',
  ])
    expect([path, (await billing('GET', `/api/v1${path}`)).status]).toEqual([path, 200]);
});

test('writes to what is not granted are refused, whatever names it, and change nothing', async () => {
  const declaration = { type: 'int', default_value: 1, configurable_features: ['user'] };
  const writes: readonly (readonly [who: string, method: string, path: string, body?: unknown])[] = [
    ['writer', 'POST', '/rules', { setting: 'ui.color', feature_values: { user: 'x' }, value: 1 }],
    ['writer', 'POST', '/rules', { setting: 'ui.theme', feature_values: { user: 'x' }, value: 'of another type' }],
    ['writer', 'POST', '/rollouts', { setting: 'ui.color', feature: 'user', value: 1 }],
    ['writer', 'PUT', `/rules/${ids.other}`, { value: 9 }],
    ['writer', 'PUT', `/rules/+${ids.other}/value`, { value: 9 }],
    ['writer', 'DELETE', `/rules/${ids.other}`],
    ['writer', 'POST', `/rules/${ids.other}/metadata`, { metadata: { a: 1 } }],
    ['writer', 'PATCH', `/rollouts/${ids.otherRollout}`, { percentage: 5 }],
    ['writer', 'POST', `/rollouts/${ids.otherRollout}/members`, { add: ['x'] }],
    ['writer', 'PUT', '/settings/ui.theme/override', { value: 1 }],
    ['writer', 'DELETE', '/settings/ui.theme'],
    ['writer', 'PUT', '/settings/billing.rate/name', { name: 'ui.rate', version: '1.1' }],
    ['writer', 'POST', '/settings/declare', { name: 'ui.new', ...declaration }],
    ['writer', 'POST', '/settings/declare', { name: 'billing.new', alias: 'ui.color', ...declaration, version: '2.0' }],
    ['declarer', 'POST', '/settings/declare', { name: 'ui.new', ...declaration }],
    ['declarer', 'DELETE', '/settings/billing.rate'],
    ['writer', 'POST', '/context_features', { context_feature: 'more' }],
    ['writer', 'DELETE', '/context_features/theme'],
    ['writer', 'PATCH', '/context_features/theme/index', { to_before: 'user' }],
    ['writer', 'POST', '/keys', { subject: 'me', grants: ['admin'] }],
  ];
  const before = await contents(service.database);
  for (const [who, method, path, body] of writes) {
    const { status, text } = await as(who)(method, `/api/v1${path}`, body);
    expect([method, path, status, text.includes('wrong_type')]).toEqual([method, path, 403, false]);
  }
  expect(await contents(service.database)).toEqual(before);
});

test('writes to what is granted are carried out', async () => {
  const rule = { setting: 'billing.tax', feature_values: { user: 'x' }, value: 1 };
  const { rule_id } = (await expectStatus(201, as('writer')('POST', '/api/v1/rules', rule))).body as {
    rule_id: number;
  };
  await expectStatus(204, as('writer')('PUT', `/api/v1/rules/${rule_id}/value`, { value: 2 }));
  await expectStatus(204, as('writer')('DELETE', `/api/v1/rules/${rule_id}`));
  const declaration = { name: 'billing.new', type: 'int', default_value: 1, configurable_features: ['user'] };
  await expectStatus(200, as('declarer')('POST', '/api/v1/settings/declare', declaration));
  await expectStatus(
    204,
    as('writer')('PUT', '/api/v1/settings/billing.new/name', { name: 'billing.newer', version: '1.1' }),
  );
  await expectStatus(204, as('writer')('DELETE', '/api/v1/settings/billing.new'));
});

test('a pinned tenant is not talked out of, by any spelling of another', async () => {
  const others = [{ account: 'eve' }, { account: 'eve', user: 'secret' }, { user: 'x' }, {}];
  for (const context of others) {
    const { body } = await expectStatus(
      200,
      as('tenant')('POST', '/api/v1/evaluate', { context, settings: ['ui.theme'] }),
    );
    const { value } = (body as { settings: Record<string, { value: number }> }).settings['ui.color'] ?? {};
    expect([context, value]).toEqual([context, context.user === 'secret' ? 2 : 71]);
  }
  const many = await as('tenant')('POST', '/api/v1/evaluate', {
    contexts: [{ account: 'eve' }, {}],
    settings: ['ui.color'],
  });
  expect(many.text).not.toMatch(/"value":\s*72\b/);
  const flags = [
    ...others,
    { targetingKey: 'eve' },
    { Account: 'eve', ACCOUNT: 'eve', account: 'eve' },
    { account: 5 },
  ];
  for (const context of flags) {
    for (const path of ['/ofrep/v1/evaluate/flags/ui.color', '/ofrep/v1/evaluate/flags']) {
      const { text } = await expectStatus(200, as('tenant')('POST', path, { context }));
      expect([path, context, /"value":\s*72\b/.test(text)]).toEqual([path, context, false]);
    }
  }
  expect((await as('tenant')('GET', '/api/v1/query')).status).toBe(403);
  for (const grants of [['read'], ['evaluate', 'declare']]) {
    const body = { subject: 'x', grants, pinned: { account: 'jim' } };
    expect((await call('POST', '/api/v1/keys', { body })).status).toBe(422);
  }
});

test('the past is shown to those alone who may read all settings, and a pinned tenant stays one there', async () => {
  const seq = (await service.database.sql<{ seq: string }>('select seq from heksher_revision'))[0]?.seq ?? '';
  const paths = [
    '/settings',
    '/settings/ui.color',
    `/rules/${ids.other}`,
    '/rules',
    '/query',
    `/rollouts/${ids.otherRollout}/members`,
  ];
  for (const path of paths) {
    const target = `/api/v1${path}?as_of=${seq}`;
    expect([path, (await call('GET', target)).status]).toEqual([path, 200]);
    expect([path, (await as('billing')('GET', target)).status]).toEqual([path, 403]);
  }
  for (const path of ['/history', `/history/${seq}`, `/diff?from=${seq}&to=${seq}`]) {
    expect([path, (await call('GET', `/api/v1${path}`)).status]).toEqual([path, 200]);
    expect([path, (await as('billing')('GET', `/api/v1${path}`)).status]).toEqual([path, 403]);
  }
  const body = { context: { account: 'eve' }, settings: ['ui.color'] };
  const { text } = await expectStatus(200, as('tenant')('POST', `/api/v1/evaluate?as_of=${seq}`, body));
  expect([text.includes('71'), text.includes('72')]).toEqual([true, false]);
  const flag = await as('tenant')('POST', `/ofrep/v1/evaluate/flags/ui.color?as_of=${seq}`, {
    context: { account: 'eve' },
  });
  expect([flag.status, flag.text.includes('72')]).toEqual([200, false]);
});

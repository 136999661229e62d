import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { contents } from '../support/database/contents.js';
import {
  addFeatures,
  type Answer,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

const ADMIN = makeKey().text;
const GRANTS = ['read', 'write', 'approve'];
const OPERATIONS = [{ op: 'put_rule', setting: 'billing.rate', feature_values: { user: 'ann' }, value: 2 }];

let service: TestService;
const callers: Record<string, Call> = {};

beforeAll(async () => {
  service = await startTestService({
    HEKSHER_AUTH: 'on',
    HEKSHER_ADMIN_KEY: ADMIN,
    HEKSHER_APPROVALS: 'billing.*:2',
  });
  const admin = as(ADMIN);
  await addFeatures(admin, 'account', 'user', 'theme');
  for (const name of ['billing.rate', 'ui']) await declare(admin, { name, default_value: 1 });
  for (const [name, subject] of [
    ['ann', 'ann'],
    ['annAgain', 'ann'],
    ['bob', 'bob'],
    ['cat', 'cat'],
  ] as const) {
    const body = { subject, grants: GRANTS };
    const { body: made } = await expectStatus(201, admin('POST', '/api/v1/keys', { body }));
    callers[name] = as((made as { key: string }).key);
  }
});
afterAll(() => service.stop());

function as(key: string): Call {
  return (method, path, options) =>
    service.call(method, path, { ...options, headers: { Authorization: `Bearer ${key}`, ...options?.headers } });
}

function by(who: string): Call {
  const call = callers[who];
  if (call === undefined) throw new Error(`nobody is called ${who}`);
  return call;
}

type Changeset = Readonly<{ changeset_id: number; state: string; digest: string; approvals_needed: number }>;

async function propose(operations: readonly object[] = OPERATIONS): Promise<number> {
  const { body } = await expectStatus(201, by('ann')('POST', '/api/v1/changesets', { body: { operations } }));
  expect(body).toMatchObject({ state: 'proposed', approvals_needed: 2 });
  return (body as Changeset).changeset_id;
}

async function seenBy(who: string, id: number): Promise<Changeset> {
  return (await expectStatus(200, by(who)('GET', `/api/v1/changesets/${id}`))).body as Changeset;
}

async function approve(who: string, id: number, digest?: string): Promise<Answer> {
  const body = { digest: digest ?? (await seenBy(who, id)).digest };
  return by(who)('POST', `/api/v1/changesets/${id}/approve`, { body });
}

async function writtenBySql(rule: { setting: string; feature_values: Record<string, string>; value: number }) {
  const { sql } = service.database;
  const values = [rule.setting, String(rule.value), ...Object.entries(rule.feature_values).flat()];
  const conditions = Object.keys(rule.feature_values).map((_, at) => `($${2 * at + 3}, $${2 * at + 4})`);
  await sql(
    `with made as (insert into rules (setting, value) values ($1, $2) returning id)
     insert into conditions (rule, context_feature, feature_value)
     select made.id, v.feature, v.value from made, (values ${conditions.join(', ')}) v (feature, value)`,
    values,
  );
}

const rules = (): Promise<unknown> => service.database.sql('select setting, value from rules order by id');

beforeEach(() => service.database.sql('delete from rules'));

test('a set that needs two approvals is applied after two others gave them, and not before', async () => {
  const id = await propose();
  const apply = () => by('ann')('POST', `/api/v1/changesets/${id}/apply`);
  expect((await apply()).status).toBe(409);
  expect((await approve('bob', id)).body).toMatchObject({ state: 'proposed' });
  expect((await apply()).status).toBe(409);
  expect(await rules()).toEqual([]);
  expect((await approve('cat', id)).body).toMatchObject({ state: 'approved' });
  expect((await apply()).body).toMatchObject({ state: 'applied' });
  expect(await rules()).toEqual([{ setting: 'billing.rate', value: '2' }]);
});

test('its author cannot approve it, by another key neither, and nobody can twice', async () => {
  const id = await propose();
  for (const who of ['ann', 'annAgain']) expect([who, (await approve(who, id)).status]).toEqual([who, 409]);
  expect((await approve('bob', id)).status).toBe(200);
  expect((await approve('bob', id)).status).toBe(409);
  expect(await seenBy('bob', id)).toMatchObject({ state: 'proposed' });
});

test('an edit drops what was approved, and makes who edits an author', async () => {
  const id = await propose();
  const { digest } = await seenBy('bob', id);
  expect((await approve('bob', id)).status).toBe(200);
  const operations = [{ ...OPERATIONS[0], value: 3 }];
  await expectStatus(200, by('cat')('PATCH', `/api/v1/changesets/${id}`, { body: { operations } }));
  expect(await seenBy('bob', id)).toMatchObject({ state: 'proposed', approvals: [] });
  expect((await approve('bob', id, digest)).status).toBe(409);
  expect((await approve('cat', id)).status).toBe(409);
});

test('what was approved is what was seen: a change elsewhere that alters what it does is another thing', async () => {
  const id = await propose();
  const { digest } = await seenBy('bob', id);
  const rule = { setting: 'billing.rate', feature_values: { user: 'ann', theme: 'dark' }, value: 9 };
  await writtenBySql(rule);
  expect((await approve('bob', id, digest)).status).toBe(409);
  expect((await approve('bob', id)).status).toBe(200);
});

test('what was approved is checked again at the moment it is applied', async () => {
  const id = await propose();
  for (const who of ['bob', 'cat']) expect((await approve(who, id)).status).toBe(200);
  await writtenBySql({ setting: 'billing.rate', feature_values: { user: 'ann', theme: 'dark' }, value: 9 });
  const headers = { Accept: 'application/json' };
  const { status, body } = await by('ann')('POST', `/api/v1/changesets/${id}/apply`, { headers });
  expect([status, (body as { errors: [{ code: string }] }).errors[0].code]).toEqual([409, 'not_approved']);
  expect(await seenBy('ann', id)).toMatchObject({ state: 'approved' });
});

test('a write by itself, of whatever kind, does not go round the approvals, and changes nothing', async () => {
  const admin = as(ADMIN);
  await writtenBySql({ setting: 'billing.rate', feature_values: { user: 'ann' }, value: 9 });
  const [{ id } = { id: 0 }] = await service.database.sql<{ id: number }>('select id from rules');
  const rule = { setting: 'billing.rate', feature_values: { user: 'bob' }, value: 9 };
  const writes: readonly [string, string, object?][] = [
    ['POST', '/api/v1/rules', rule],
    ['PUT', `/api/v1/rules/${id}/value`, { value: 1 }],
    ['DELETE', `/api/v1/rules/${id}`],
    ['PUT', '/api/v1/settings/billing.rate/metadata', { metadata: { owner: 'x' }, version: '1.1' }],
    ['PUT', '/api/v1/settings/billing.rate/name', { name: 'rate', version: '1.1' }],
    ['PUT', '/api/v1/settings/ui/name', { name: 'billing.ui', version: '1.1' }],
    ['POST', '/api/v1/rollouts', { setting: 'billing.rate', feature: 'user', value: 3 }],
    ['PATCH', '/api/v1/context_features/user/index', { to_before: 'account' }],
    ['DELETE', '/api/v1/settings/billing.rate'],
  ];
  const before = await contents(service.database);
  for (const [method, path, body] of writes) {
    const answer = await admin(method, path, { ...(body && { body }), headers: { Accept: 'application/json' } });
    expect([method, path, answer.status]).toEqual([method, path, 403]);
    expect(answer.body).toMatchObject({ errors: [{ code: 'not_approved', approvals_needed: 2 }] });
  }
  expect(await contents(service.database)).toEqual(before);
  await expectStatus(201, admin('POST', '/api/v1/rules', { body: { ...rule, setting: 'ui' } }));
});

test('a declaration needs no approval: code has reviews of its own', async () => {
  const declaration = { name: 'billing.new', type: 'int', default_value: 1, configurable_features: ['user'] };
  await expectStatus(200, as(ADMIN)('POST', '/api/v1/settings/declare', { body: declaration }));
  const operations = [{ op: 'declare', ...declaration, name: 'billing.newer' }];
  const { body } = await expectStatus(201, as(ADMIN)('POST', '/api/v1/changesets', { body: { operations } }));
  expect(body).toMatchObject({ state: 'applied' });
});

test('a set about other settings needs nobody', async () => {
  const operations = [{ op: 'put_rule', setting: 'ui', feature_values: { user: 'ann' }, value: 5 }];
  const { body } = await expectStatus(201, by('ann')('POST', '/api/v1/changesets', { body: { operations } }));
  expect(body).toMatchObject({ state: 'applied' });
});

test('the change log names who applied it', async () => {
  const operations = [{ op: 'put_rule', setting: 'ui', feature_values: { user: 'bob' }, value: 6 }];
  await expectStatus(201, by('bob')('POST', '/api/v1/changesets', { body: { operations, message: 'because' } }));
  const [entry] = await service.database.sql(
    `select actor, message from heksher_changes where "table" = 'rules' order by id desc limit 1`,
  );
  expect(entry).toEqual({ actor: 'bob', message: 'because' });
});

import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { contents } from '../support/database/contents.js';
import {
  addFeatures,
  addRule,
  type Answer,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

const ADMIN = makeKey().text;
const GRANTS = {
  admin: ['admin'],
  proposer: ['propose:billing.*'],
  writer: ['write:billing.*'],
  approver: ['approve:billing.*'],
  otherWriter: ['write:ui.*'],
  declarer: ['declare:billing.*'],
  reader: ['read'],
} as const;
type Who = keyof typeof GRANTS;

let service: TestService;
const keys = {} as Record<Who, string>;

beforeAll(async () => {
  service = await startTestService({ HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: ADMIN });
  const admin: Call = (method, path, options) =>
    service.call(method, path, { ...options, headers: { Authorization: `Bearer ${ADMIN}`, ...options?.headers } });
  await addFeatures(admin, 'account', 'user', 'theme');
  for (const name of ['billing.rate', 'ui.color']) await declare(admin, { name, default_value: 1 });
  for (const [who, grants] of Object.entries(GRANTS)) {
    const { body } = await expectStatus(201, admin('POST', '/api/v1/keys', { body: { subject: who, grants } }));
    keys[who as Who] = (body as { key: string }).key;
  }
  await addRule(admin, 'billing.rate', { user: 'ann' }, 5);
});
afterAll(() => service.stop());

function as(who: Who, method: string, path: string, body?: object): Promise<Answer> {
  const headers = { 'X-API-Key': keys[who], Accept: 'application/json' };
  return service.call(method, `/api/v1${path}`, { headers, ...(body && { body }) });
}

const put = (setting: string, value: number) => ({ op: 'put_rule', setting, feature_values: { user: 'bob' }, value });
const declaration = (name: string) => ({
  ...{ op: 'declare', name, type: 'int', default_value: 1, configurable_features: ['user'] },
});

async function kept(who: Who, body: object): Promise<number> {
  return ((await expectStatus(201, as(who, 'POST', '/changesets', body))).body as { changeset_id: number })
    .changeset_id;
}

const statusOf = async (answering: Promise<Answer>): Promise<number> => (await answering).status;

test('who may only propose does not change anything, and proposes for what is granted alone', async () => {
  const before = await contents(service.database);
  const refused = [
    { operations: [put('billing.rate', 2)] },
    { operations: [put('billing.rate', 2)], apply_at: '2099-01-01T00:00:00Z' },
    { operations: [put('ui.color', 2)], propose: true },
    { operations: [put('billing.rate', 2), put('ui.color', 2)], propose: true },
    { operations: [put('ui.color', 2)], dry_run: true },
    { operations: [{ op: 'rename_setting', setting: 'billing.rate', name: 'ui.rate' }], propose: true },
    { operations: [{ op: 'add_context_feature', name: 'more' }], propose: true },
  ];
  for (const body of refused)
    expect([body, await statusOf(as('proposer', 'POST', '/changesets', body))]).toEqual([body, 403]);
  expect(await contents(service.database)).toEqual(before);
  const trial = { operations: [put('billing.rate', 2)], dry_run: true };
  expect(await statusOf(as('proposer', 'POST', '/changesets', trial))).toBe(200);
});

test('a proposal is decided on and applied by those who may, and seen by those who may read what it is about', async () => {
  const id = await kept('proposer', { operations: [put('billing.rate', 2)], propose: true });
  const { body } = await expectStatus(200, as('proposer', 'GET', `/changesets/${id}`));
  const { digest } = body as { digest: string };
  const refused: readonly [Who, string, string, object?][] = [
    ['otherWriter', 'GET', ''],
    ['otherWriter', 'POST', '/apply'],
    ['otherWriter', 'POST', '/withdraw'],
    ['otherWriter', 'PATCH', '', { message: 'mine' }],
    ['proposer', 'POST', '/apply'],
    ['proposer', 'POST', '/approve', { digest }],
    ['writer', 'POST', '/approve', { digest }],
    ['approver', 'POST', '/apply'],
    ['approver', 'PATCH', '', { message: 'mine' }],
    ['reader', 'POST', '/withdraw'],
    ['declarer', 'GET', ''],
  ];
  for (const [who, method, path, given] of refused) {
    const status = await statusOf(as(who, method, `/changesets/${id}${path}`, given));
    expect([who, method, path, status]).toEqual([who, method, path, 403]);
  }
  const operations = [put('ui.color', 3)];
  expect(await statusOf(as('proposer', 'PATCH', `/changesets/${id}`, { operations }))).toBe(403);
  expect(await statusOf(as('reader', 'GET', `/changesets/${id}`))).toBe(200);
  await expectStatus(200, as('approver', 'POST', `/changesets/${id}/approve`, { digest }));
  await expectStatus(200, as('writer', 'POST', `/changesets/${id}/apply`));
});

test('who may only propose does not take away or change what others have made, whatever state it is in', async () => {
  const later = { operations: [put('billing.rate', 2)], apply_at: '2099-01-01T00:00:00Z' };
  const scheduled = await kept('writer', later);
  const proposed = await kept('writer', { ...later, propose: true });
  for (const id of [scheduled, proposed]) {
    const before = (await expectStatus(200, as('proposer', 'GET', `/changesets/${id}`))).body;
    expect(await statusOf(as('proposer', 'POST', `/changesets/${id}/withdraw`))).toBe(403);
    expect(await statusOf(as('proposer', 'PATCH', `/changesets/${id}`, { message: 'mine' }))).toBe(403);
    expect((await expectStatus(200, as('proposer', 'GET', `/changesets/${id}`))).body).toEqual(before);
  }
  const own = await kept('proposer', { ...later, propose: true });
  await expectStatus(200, as('proposer', 'PATCH', `/changesets/${own}`, { message: 'mine' }));
  await expectStatus(200, as('proposer', 'POST', `/changesets/${own}/withdraw`));
  const other = await kept('proposer', { ...later, propose: true });
  await expectStatus(200, as('writer', 'PATCH', `/changesets/${other}`, { message: 'ours' }));
  await expectStatus(200, as('writer', 'POST', `/changesets/${other}/withdraw`));
});

test('lists leave out what is about settings that may not be read', async () => {
  const mine = await kept('writer', { operations: [put('billing.rate', 3)], propose: true });
  const theirs = await kept('otherWriter', { operations: [put('ui.color', 3)], propose: true });
  const both = await kept('admin', { operations: [put('billing.rate', 3), put('ui.color', 3)], propose: true });
  const listed = async (who: Who): Promise<readonly number[]> => {
    const { body } = await expectStatus(200, as(who, 'GET', '/changesets?state=proposed'));
    const ids = (body as { changesets: { changeset_id: number }[] }).changesets.map((one) => one.changeset_id);
    return ids.filter((id) => [mine, theirs, both].includes(id));
  };
  expect(await listed('reader')).toEqual([both, theirs, mine]);
  expect(await listed('proposer')).toEqual([mine]);
  expect(await listed('otherWriter')).toEqual([theirs]);
});

test('a set is applied at once by who may write all that it is about', async () => {
  const body = { operations: [put('billing.rate', 4)] };
  expect(await statusOf(as('writer', 'POST', '/changesets', body))).toBe(201);
  expect(await statusOf(as('writer', 'POST', '/changesets', { operations: [put('ui.color', 4)] }))).toBe(403);
  const moved = { operations: [{ op: 'rename_setting', setting: 'billing.rate', name: 'ui.rate' }] };
  expect(await statusOf(as('writer', 'POST', '/changesets', moved))).toBe(403);
});

test('a set of declarations needs no more than each of them does', async () => {
  const own = { operations: [declaration('billing.one'), declaration('billing.two')] };
  await expectStatus(201, as('declarer', 'POST', '/changesets', own));
  await expectStatus(200, as('declarer', 'POST', '/changesets', own));
  const other = { operations: [declaration('billing.three'), declaration('ui.two')] };
  expect(await statusOf(as('declarer', 'POST', '/changesets', other))).toBe(403);
  const mixed = { operations: [declaration('billing.three'), put('billing.rate', 2)] };
  expect(await statusOf(as('declarer', 'POST', '/changesets', mixed))).toBe(403);
});

test('a transaction is taken back by who may write what it changed', async () => {
  const { body } = await expectStatus(
    201,
    as('writer', 'POST', '/changesets', { operations: [put('billing.rate', 7)] }),
  );
  const { seq } = body as { seq: number };
  for (const who of ['otherWriter', 'proposer', 'reader'] as const)
    expect([who, await statusOf(as(who, 'POST', `/history/${seq}/revert`))]).toEqual([who, 403]);
  await expectStatus(201, as('writer', 'POST', `/history/${seq}/revert`));
});

test('how large a transaction is that is not granted is not told, nor is it read', async () => {
  await service.database.sql(
    `insert into rules (setting, value) select 'ui.color', '7' from generate_series(1, 10001)`,
  );
  const [{ seq } = { seq: '' }] = await service.database.sql<{ seq: string }>('select seq from heksher_revision');
  for (const who of ['writer', 'proposer', 'reader'] as const)
    expect([who, await statusOf(as(who, 'POST', `/history/${seq}/revert`))]).toEqual([who, 403]);
  expect(await statusOf(as('otherWriter', 'POST', `/history/${seq}/revert`))).toBe(409);
});

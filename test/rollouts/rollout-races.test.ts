import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { contents, empty } from '../support/database/contents.js';
import {
  type Answer,
  addFeatures,
  addRollout,
  type Call,
  declare,
  startTestService,
  type TestService,
} from '../support/service/service.js';

let database: TestDatabase;
let services: readonly TestService[];
beforeAll(async () => {
  database = await createDatabase();
  services = await Promise.all([startTestService({}, database), startTestService({}, database)]);
});
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await database.drop();
});
beforeEach(async () => {
  await empty(database);
  await addFeatures(callOf(0), 'account', 'user', 'theme');
  await declare(callOf(0), { type: 'float' });
});

/** The calls go to the two services in turn. */
function callOf(client: number): Call {
  const service = services[client % services.length];
  if (service === undefined) throw new Error('no service runs');
  return service.call;
}

const atOnce = (clients: number, ask: (call: Call, client: number) => Promise<Answer>): Promise<readonly Answer[]> =>
  Promise.all(Array.from({ length: clients }, (_, client) => ask(callOf(client), client)));

const add = (call: Call, extra: object): Promise<Answer> =>
  call('POST', '/api/v1/rollouts', { body: { setting: 'cache_size', feature: 'user', value: 1.5, ...extra } });

function statuses(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

it('100 identical rollouts make one: one 201, the rest 409', async () => {
  const extra = { feature_values: { theme: 'dark', account: 'jim' }, metadata: { a: 1 } };
  expect(statuses(await atOnce(100, (call) => add(call, extra)))).toEqual({ 201: 1, 409: 99 });
  const { rollouts, rollout_conditions, rollout_metadata } = await contents(database);
  expect([rollouts?.length, rollout_conditions?.length, rollout_metadata?.length]).toEqual([1, 2, 1]);
});

it('rollouts come while the feature they go by goes: whichever is first, the other is refused', async () => {
  const answers = await atOnce(20, (call, client) => {
    if (client !== 9) return add(call, { feature_values: { account: `a${client}` } });
    return declare(call, { type: 'float', configurable_features: ['account', 'theme'], version: '1.1' });
  });
  const added = answers.filter(({ status }) => status === 201).length;
  expect(answers[9]?.body).toMatchObject({ outcome: added === 0 ? 'upgraded' : 'rejected' });
  expect(statuses(answers)).toEqual(added === 0 ? { 200: 1, 400: 19 } : { 201: 19, 409: 1 });
  expect((await contents(database))['rollouts']).toHaveLength(added);
});

it('rollouts come and change while the type changes: no value is left that is not of it', async () => {
  const id = await addRollout(callOf(0), 'cache_size', { feature: 'account', value: 1 });
  const answers = await atOnce(30, (call, client) => {
    if (client === 9) return call('PUT', '/api/v1/settings/cache_size/type', { body: { type: 'int', version: '1.1' } });
    if (client % 2 === 0) return call('PATCH', `/api/v1/rollouts/${id}`, { body: { value: client + 0.5 } });
    const variants = [{ name: 'a', value: 2.5, weight: 1 }];
    return add(call, { value: undefined, variants, feature_values: { account: `a${client}` } });
  });
  const isInt = answers[9]?.status === 204;
  const others = statuses(answers.filter((_, client) => client !== 9));
  expect(others).toEqual(isInt ? { 400: 29 } : { 201: 14, 204: 15 });
  expect((await contents(database))['rollouts']).toHaveLength(isInt ? 1 : 15);
});

it('rollouts and members come while the setting goes: none is left behind', async () => {
  const id = await addRollout(callOf(0), 'cache_size', { feature: 'account', value: 1 });
  const answers = await atOnce(30, (call, client) => {
    if (client === 9) return call('DELETE', '/api/v1/settings/cache_size');
    if (client % 2 === 0) return call('POST', `/api/v1/rollouts/${id}/members`, { body: { add: [`u${client}`] } });
    return add(call, { feature_values: { account: `a${client}` }, metadata: { a: 1 } });
  });
  for (const { status } of answers) expect([200, 201, 204, 404, 422]).toContain(status);
  const left = await contents(database);
  for (const table of ['rollouts', 'rollout_conditions', 'rollout_members', 'rollout_metadata']) {
    expect([table, left[table]]).toEqual([table, []]);
  }
});

it('changes of different fields at once are all there at the end', async () => {
  const id = await addRollout(callOf(0), 'cache_size', { value: 1 });
  const changes = [
    { percentage: 7 },
    { pattern: 'a' },
    { value: 2 },
    { salt: 's' },
    { hash: 'crc32' },
    { enabled: false },
  ];
  await atOnce(30, (call, client) => call('PATCH', `/api/v1/rollouts/${id}`, { body: changes[client % 6] }));
  expect((await callOf(0)('GET', `/api/v1/rollouts/${id}`)).body).toMatchObject(
    Object.assign({}, ...changes) as object,
  );
});

it('members added and removed at once in many calls are each there or not as their last call said', async () => {
  const id = await addRollout(callOf(0), 'cache_size', { value: 1 });
  const unitsOf = (client: number) => Array.from({ length: 50 }, (_, at) => `u${(client * 25 + at) % 500}`);
  const answers = await atOnce(40, (call, client) =>
    call('POST', `/api/v1/rollouts/${id}/members`, { body: { add: unitsOf(client) } }),
  );
  expect(statuses(answers)).toEqual({ 200: 40 });
  expect((await contents(database))['rollout_members']).toHaveLength(500);
  const [kept, gone] = [
    [0, 1, 2, 3],
    [6, 8, 10, 12],
  ];
  await atOnce(8, (call, client) => {
    const body = client < 4 ? { add: unitsOf(kept[client] ?? 0) } : { remove: unitsOf(gone[client - 4] ?? 0) };
    return call('POST', `/api/v1/rollouts/${id}/members`, { body });
  });
  const removed = new Set(gone.flatMap(unitsOf));
  expect((await contents(database))['rollout_members']).toHaveLength(500 - removed.size);
});

it('20 deletions of one rollout: one 204, the rest 404', async () => {
  const id = await addRollout(callOf(0), 'cache_size', { value: 1 });
  const answers = await atOnce(20, (call) => call('DELETE', `/api/v1/rollouts/${id}`));
  expect(statuses(answers)).toEqual({ 204: 1, 404: 19 });
});

import { HeksherClient, setting } from '@heksher/client';
import { eventsOf, openStream } from '../support/feed/event-reader.js';
import { addFeatures, addRule, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeAll(async () => {
  await addFeatures(api.call, 'user');
  await declare(api.call, { name: 'limit', configurable_features: ['user'] });
});

type Report = Readonly<{
  revision: string;
  reached: number;
  pending: number;
  is_complete: boolean;
  clients_omitted: number;
  clients: readonly Readonly<{
    client: string;
    principal: string | null;
    reached: boolean;
    serving: string | null;
    sent: string | null;
    is_open: boolean;
  }>[];
}>;

async function now(): Promise<string> {
  return ((await api.get('/changes')).body as { next: string }).next;
}

async function report(revision: string): Promise<Report> {
  return (await expectStatus(200, api.get(`/propagation?revision=${revision}`))).body as Report;
}

const as = (client: string, serving?: string): Readonly<Record<string, string>> => ({
  'Heksher-Client': client,
  ...(serving !== undefined && { 'Heksher-Serving': serving }),
});

it('says who serves a revision, by what clients say when they ask, and what streams were sent', async () => {
  const before = await now();
  const stream = await openStream(`${api.url()}/api/v1/changes`, as('shop/1', before));
  await expectStatus(200, api.get('/changes', as('shop/2', before)));
  await expectStatus(200, api.get('/changes', as('cron/1')));
  expect(await report(before)).toMatchObject({ revision: before, reached: 2, pending: 1 });
  await addRule(api.call, 'limit', { user: 'ann' }, 1);
  const after = await now();
  await eventsOf(stream, 1);
  await expectStatus(200, api.get(`/changes?after=${after}`, as('shop/2', after)));
  const told = await until('the stream to be known as sent', async () => {
    const found = await report(after);
    return found.clients.some(({ sent }) => sent === after) && found;
  });
  expect([told.reached, told.pending]).toEqual([1, 2]);
  const closed = { principal: null, is_open: false, sent: null };
  expect(told.clients).toMatchObject([
    { ...closed, client: 'cron/1', reached: false, serving: null },
    { ...closed, client: 'shop/1', reached: false, serving: before, sent: after, is_open: true },
    { ...closed, client: 'shop/2', reached: true, serving: after },
  ]);
  const some = await expectStatus(200, api.get(`/propagation?revision=${after}&limit=1`));
  expect(some.body).toMatchObject({
    reached: 1,
    pending: 2,
    is_complete: true,
    clients: [{ client: 'cron/1' }],
    clients_omitted: 2,
  });
  stream.close();
  await until('the stream to be known as closed', async () =>
    (await report(after)).clients.every(({ is_open }) => !is_open),
  );
});

it('counts those who ask for values again and again, and says what of it cannot be read', async () => {
  const query = '/query?settings=limit&context_filters=*';
  const first = await expectStatus(200, api.get(query, as('poller/1')));
  const served = String(first.headers.get('heksher-revision'));
  await expectStatus(200, api.get(query, as('poller/1', served)));
  await addRule(api.call, 'limit', { user: 'pol' }, 1);
  const reader = (found: Report) => found.clients.find(({ client }) => client === 'poller/1');
  expect(reader(await report(served))).toMatchObject({ reached: true, serving: served, is_open: false });
  expect(reader(await report(await now()))).toMatchObject({ reached: false, serving: served });
  const flags = {
    method: 'POST',
    body: '{}',
    headers: { ...as('flags/1', served), 'Content-Type': 'application/json' },
  };
  expect((await fetch(`${api.url()}/ofrep/v1/evaluate/flags`, flags)).status).toBe(200);
  expect((await report(served)).clients.some(({ client }) => client === 'flags/1')).toBe(true);
  for (const headers of [as('poller'), as('poller/1', '0'), as('poller/1', 'x')]) {
    const { status, body } = await api.get(query, headers);
    expect([status, body]).toMatchObject([422, { errors: [{ field: expect.stringMatching(/^Heksher-/) as string }] }]);
  }
});

it('counts a client of the library that polls, once it has a name', async () => {
  const limit = setting('limit', { type: 'int', configurableFeatures: ['user'], defaultValue: 0 });
  const client = await HeksherClient.start({
    url: api.url(),
    settings: [limit],
    declare: false,
    updates: 'poll',
    updateIntervalMs: 50,
    name: 'library/1',
  });
  await addRule(api.call, 'limit', { user: 'lib' }, 1);
  const goal = await now();
  await until('it to serve that', async () =>
    (await report(goal)).clients.some(({ client: name, reached }) => name === 'library/1' && reached),
  );
  await client.close();
});

/** The same number in another history. */
const elsewhere = (revision: string): string =>
  `${revision.split('-')[0]}-${revision.endsWith('0') ? '00000001' : '00000000'}`;

it('counts nobody who serves a revision of another history, or one that is yet to come', async () => {
  const asked = await now();
  const reached = async (client: string) =>
    (await report(asked)).clients.find(({ client: name }) => name === client)?.reached;
  await addRule(api.call, 'limit', { user: 'one' }, 1);
  const middle = await now();
  await addRule(api.call, 'limit', { user: 'two' }, 1);
  const last = await now();
  const served = { asked, middle, last, strangeMiddle: elsewhere(middle), strangeLast: elsewhere(last) };
  for (const [name, revision] of Object.entries({ ...served, future: '999999999-00000000' }))
    await expectStatus(200, api.get('/changes', as(`${name}/1`, revision)));
  for (const name of ['asked', 'middle', 'last']) expect([name, await reached(`${name}/1`)]).toEqual([name, true]);
  for (const name of ['strangeMiddle', 'strangeLast', 'future'])
    expect([name, await reached(`${name}/1`)]).toEqual([name, false]);
  for (const revision of [elsewhere(asked), '999999999-00000000']) {
    const answer = await api.get(`/propagation?revision=${revision}`);
    expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ parameter: 'revision', code: 'pruned' }] }]);
  }
});

it.each([
  ['', 'revision'],
  ['revision=', 'revision'],
  ['revision=1042', 'revision'],
  ['revision=0', 'revision'],
  ['revision=1-00000000&page=2', 'page'],
  ['revision=1-00000000&limit=10001', 'limit'],
  ['revision=1-00000000&limit=x', 'limit'],
])('refuses %j', async (query, field) => {
  const answer = await api.get(`/propagation?${query}`, { Accept: 'application/json' });
  expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ field, parameter: field }] }]);
});

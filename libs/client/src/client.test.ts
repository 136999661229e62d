import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeksherClient } from './client.js';
import { type ClientOptions } from './options.js';
import { openLogs, type Problem, ProblemLog } from './problems.js';
import { setting } from './setting.js';

/** What no real service does on demand: it answers what the test says. */
type Fake = { url: string; server: Server; seen: string[]; query: Answer; declare: Answer; other: Answer };
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const fakes: Fake[] = [];
const clients: HeksherClient[] = [];

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

const values = (value: number) =>
  answer(200, { settings: { size: { rules: [], default_value: value, rollouts: [] } }, context_features: ['user'] });

async function fakeService(): Promise<Fake> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    fake.seen.push(`${request.method} ${path.replace(/\?.*/, '')}`);
    request.resume();
    request.once('end', () => {
      const make = path.startsWith('/api/v1/query')
        ? fake.query
        : path === '/api/v1/settings/declare'
          ? fake.declare
          : fake.other;
      make(request, response);
    });
  });
  const created = answer(200, { outcome: 'created' });
  const fake: Fake = { url: '', server, seen: [], query: values(1), declare: created, other: answer(404, {}) };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fakes.push(fake);
  return fake;
}

async function start(options: ClientOptions): Promise<HeksherClient> {
  const client = await HeksherClient.start({ onProblem: () => undefined, ...options });
  clients.push(client);
  return client;
}

// Settings that are read where no client is left say so, which is not what these tests are about.
beforeAll(() => void openLogs.add(new ProblemLog(() => undefined)));
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const { server } of fakes.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const sizeOf = () => setting('size', { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });

/** A port where nobody listens. */
async function nowhere(): Promise<string> {
  const { url, server } = await fakeService();
  server.close();
  await once(server, 'close');
  return url;
}

describe('whatever else than an answer comes, the values from before stay', () => {
  it.each<[what: string, query: Answer]>([
    ['no JSON', answer(200, '<html>')],
    ['half an answer', answer(200, '{"settings":{"size":{"rules":[')],
    ['another JSON', answer(200, [1])],
    ['settings that are none', answer(200, { settings: { size: 7 }, context_features: ['user'] })],
    ['a malformed rule', answer(200, { settings: { size: { rules: [{}], default_value: 2 } }, context_features: [] })],
    ['a failure', answer(500, 'oops', { 'x-request-id': 'r-7' })],
    ['a 304 that was not asked for', (_, response) => void response.writeHead(304).end()],
    ['a broken connection', (request) => void request.socket.destroy()],
    ['nothing', () => undefined],
    ['an answer that never ends', (_, response) => void response.writeHead(200).write('{"settings":')],
  ])('%s', async (what, query) => {
    const fake = await fakeService();
    const size = sizeOf();
    const errors: unknown[] = [];
    const onUpdateError = (error: unknown) => errors.push(error);
    const timeoutMs = /nothing|never/.test(what) ? 3_000 : 10_000;
    const client = await start({ url: fake.url, settings: [size], timeoutMs, onUpdateError });
    expect(size.get({ user: 'x' })).toBe(1);
    fake.query = query;
    await expect(client.reload()).rejects.toMatchObject({ name: 'HeksherError', code: 'unavailable' });
    expect(size.get({ user: 'x' })).toBe(1);
    expect(client.status()).toMatchObject({ state: 'failing', source: 'service', failures: 1, lastError: errors[0] });
    fake.query = values(2);
    await client.reload();
    expect(size.get({ user: 'x' })).toBe(2);
    expect(client.status()).toMatchObject({ state: 'serving', failures: 0, lastError: undefined });
  });
});

it('asks with the ETag of the answer that it has, and a 304 keeps the values', async () => {
  const fake = await fakeService();
  const asked: (string | undefined)[] = [];
  fake.query = (request, response) => {
    const known = request.headers['if-none-match'];
    asked.push(known);
    if (known === '"one"') response.writeHead(304, { etag: '"one"' }).end();
    else values(7)(request, response.setHeader('etag', '"one"'));
  };
  const size = sizeOf();
  const client = await start({ url: fake.url, settings: [size] });
  const changes: unknown[] = [];
  client.onChange((changed) => changes.push(changed));
  await client.reload();
  expect([asked, changes]).toEqual([[undefined, '"one"'], []]);
  expect(size.get({ user: 'x' })).toBe(7);
  expect(client.status()).toMatchObject({ revision: '"one"', state: 'serving' });
});

it('reports that the service answers from memory, its database being away', async () => {
  const fake = await fakeService();
  const client = await start({ url: fake.url, settings: [sizeOf()] });
  expect(client.status().isStale).toBe(false);
  fake.query = (request, response) => values(1)(request, response.setHeader('heksher-stale', '7'));
  await client.reload();
  expect(client.status()).toMatchObject({ isStale: true, state: 'serving' });
});

it('settings that come and go between two questions fail the update, and not the client', async () => {
  const fake = await fakeService();
  const client = await start({ url: fake.url, settings: [sizeOf()] });
  fake.query = answer(404, 'the setting "size" does not exist');
  fake.other = answer(200, { settings: [{ name: 'size', aliases: [] }] });
  await expect(client.reload()).rejects.toMatchObject({ code: 'unavailable' });
});

it('notifies listeners of what changed, until they unsubscribe', async () => {
  const fake = await fakeService();
  const client = await start({ url: fake.url, settings: [sizeOf()] });
  const changes: unknown[] = [];
  const stop = client.onChange((changed) => changes.push(changed));
  await client.reload();
  fake.query = values(2);
  await client.reload();
  stop();
  fake.query = values(3);
  await client.reload();
  expect(changes).toEqual([['size']]);
});

describe('a service that is down at the start', () => {
  it('fails it, and leaves the settings to others', async () => {
    const size = sizeOf();
    await expect(start({ url: await nowhere(), settings: [size] })).rejects.toThrow(/ECONNREFUSED/);
    expect(size.get()).toBe(60);
    const fake = await fakeService();
    await start({ url: fake.url, settings: [size] });
    expect(size.get({ user: 'x' })).toBe(1);
  });

  it('is replaced by the declared defaults, where these will do, until it is up', async () => {
    const fake = await fakeService();
    fake.declare = answer(503, '');
    const size = sizeOf();
    const client = await start({
      url: fake.url,
      settings: [size],
      onUnavailable: 'continue',
      updateIntervalMs: 20,
    });
    expect(size.get({ user: 'x' })).toBe(60);
    expect(client.status()).toMatchObject({ state: 'failing', source: 'defaults', revision: null, ageMs: null });
    const changed = new Promise((resolve) => client.onChange(resolve));
    fake.declare = answer(200, { outcome: 'created' });
    expect(await changed).toEqual(['size']);
    expect(size.get({ user: 'x' })).toBe(1);
    expect(client.status()).toMatchObject({ state: 'serving', source: 'service' });
    expect(client.outcomes().get('size')).toEqual({ outcome: 'created' });
  });

  it('is replaced by a snapshot, as an object or from a file', async () => {
    const fake = await fakeService();
    const first = await start({ url: fake.url, settings: [sizeOf()] });
    const snapshot = first.snapshot();
    const folder = await mkdtemp(join(tmpdir(), 'heksher-client-'));
    const file = join(folder, 'snapshot.json');
    await writeFile(file, JSON.stringify(snapshot));
    for (const bootstrap of [snapshot, file]) {
      const size = sizeOf();
      const client = await start({ url: await nowhere(), settings: [size], bootstrap });
      expect(size.get({ user: 'x' })).toBe(1);
      expect(client.status()).toMatchObject({ state: 'failing', source: 'bootstrap', ageMs: null });
      expect(client.snapshot()).toMatchObject({ settings: snapshot.settings, contextFeatures: ['user'] });
    }
    await rm(folder, { recursive: true });
  });

  it.each<[string, unknown]>([
    ['a file that is not there', '/nowhere/at/all.json'],
    ['something else', { format: 7 }],
    ['garbage in it', { format: 1, contextFeatures: ['user'], settings: { size: '{"rules":' } }],
  ])('with %s as its snapshot is replaced by the declared defaults, and that is reported', async (_, bootstrap) => {
    const size = sizeOf();
    const problems: Problem[] = [];
    const onProblem = (problem: Problem) => problems.push(problem);
    const client = await start({ url: await nowhere(), settings: [size], bootstrap: bootstrap as never, onProblem });
    expect(size.get({ user: 'x' })).toBe(60);
    expect(client.status()).toMatchObject({ source: 'defaults' });
    expect(problems.map(({ kind }) => kind)).toEqual(['bootstrap', 'unavailable']);
  });
});

describe('a declaration that is refused', () => {
  const differences = [{ level: 'mismatch', message: 'no' }];

  it('fails the start with all of them, unless the program wants to go on', async () => {
    const fake = await fakeService();
    fake.declare = answer(409, { outcome: 'rejected', previous_version: '1.0', differences });
    const size = sizeOf();
    const silent = { onProblem: () => undefined };
    await expect(start({ url: fake.url, settings: [size], ...silent })).rejects.toMatchObject({ code: 'conflict' });
    expect(size.get()).toBe(60);
    const serving = await start({ url: fake.url, settings: [size], onConflict: 'serve', ...silent });
    expect(size.get({ user: 'x' })).toBe(1);
    await serving.close();
    const problems: Problem[] = [];
    await start({
      url: fake.url,
      settings: [size],
      onConflict: (conflict) => (conflict.outcome === 'rejected' ? 'default' : 'fail'),
      onProblem: (problem) => problems.push(problem),
    });
    expect(size.get({ user: 'x' })).toBe(60);
    expect(problems).toMatchObject([
      { kind: 'conflict', setting: 'size', conflict: { outcome: 'rejected', differences } },
    ]);
  });

  it('after a start without the service is reported, and its declared default holds', async () => {
    const fake = await fakeService();
    fake.declare = answer(503, '');
    const size = sizeOf();
    const problems: Problem[] = [];
    const client = await start({
      url: fake.url,
      settings: [size],
      onUnavailable: 'continue',
      onProblem: (problem) => problems.push(problem),
    });
    fake.declare = answer(422, { title: 'Unprocessable Entity', detail: 'no such type' });
    await client.reload();
    expect(size.get({ user: 'x' })).toBe(60);
    expect(problems.map(({ message }) => message)).toEqual([
      'declaring "size": the service answered 503; the declared defaults hold until the service answers',
      'the setting "size", version 1.0, was refused with 422: no such type; its declared default holds',
    ]);
  });
});

it('each outage is reported once, however often polls fail, and start or reload reject instead', async () => {
  const fake = await fakeService();
  const problems: Problem[] = [];
  const errors: unknown[] = [];
  const options = {
    url: fake.url,
    settings: [sizeOf()],
    updateIntervalMs: 5,
    onProblem: (problem: Problem) => void problems.push(problem),
    onUpdateError: (error: unknown) => void errors.push(error),
  };
  fake.query = answer(500, '');
  await expect(start(options)).rejects.toMatchObject({ code: 'unavailable' });
  expect(problems).toEqual([]);
  fake.query = values(1);
  const client = await start(options);
  for (const outages of [1, 2]) {
    errors.length = 0;
    let id = 0;
    fake.query = (_, response) => void response.writeHead(503, { 'x-request-id': `r-${(id += 1)}` }).end();
    while (errors.length < 3) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(problems.map(({ kind }) => kind)).toEqual(Array<string>(outages).fill('unavailable'));
    fake.query = values(1);
    while (client.status().state !== 'serving') await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(problems[0]?.message).toMatch(
    /^asking for values: .* 503 .*; the last values hold until the service answers$/,
  );
});

it('the JSON of a status has the message of the error', async () => {
  const fake = await fakeService();
  const client = await start({ url: fake.url, settings: [sizeOf()] });
  expect(JSON.parse(JSON.stringify(client.status()))).toMatchObject({ state: 'serving', lastError: null });
  fake.query = answer(500, 'oops');
  await expect(client.reload()).rejects.toThrow(/oops/);
  expect(JSON.parse(JSON.stringify({ heksher: client.status() }))).toMatchObject({
    heksher: { state: 'failing', lastError: { message: 'asking for values: the service answered 500 (oops)' } },
  });
});

it('a setting that no client was given says so once, to the clients that run', async () => {
  const fake = await fakeService();
  const problems: Problem[] = [];
  const other = setting('other', { type: 'int', configurableFeatures: ['user'], defaultValue: 5 });
  const onProblem = (problem: Problem) => void problems.push(problem);
  await start({ url: fake.url, settings: [sizeOf()], onProblem });
  expect([other.get(), other.evaluate().value]).toEqual([5, 5]);
  expect(problems).toMatchObject([
    { kind: 'unserved', setting: 'other', message: expect.stringMatching(/"other" is read.*"settings"/) as string },
  ]);
});

it('a wrong path in "url" is no conflict, and the error says what "url" is', async () => {
  const fake = await fakeService();
  const url = `${fake.url}/wrong`;
  const message: unknown = expect.stringMatching(
    new RegExp(`answered 404 .*; there may be no Heksher at ${url}/api/v1/.*: "url" is what comes before /api/v1$`),
  );
  const refusal = { code: 'unavailable', message };
  await expect(start({ url, settings: [sizeOf()] })).rejects.toMatchObject(refusal);
  await expect(start({ url, settings: [sizeOf()], declare: false })).rejects.toMatchObject(refusal);
});

it('an addition that fails takes only itself back', async () => {
  const fake = await fakeService();
  const size = sizeOf();
  const client = await start({ url: fake.url, settings: [size], onProblem: () => undefined });
  fake.declare = answer(409, { outcome: 'mismatch', differences: [] });
  const other = setting('other', { type: 'int', configurableFeatures: ['user'], defaultValue: 5 });
  await expect(client.add(other)).rejects.toMatchObject({ code: 'conflict' });
  expect([client.find('size'), client.find('other')]).toEqual([size, undefined]);
  expect([size.get({ user: 'x' }), other.get()]).toEqual([1, 5]);
  await client.reload();
});

it('a setting is served by one client at a time, and by the next when that has closed', async () => {
  const fake = await fakeService();
  const size = sizeOf();
  const first = await start({ url: fake.url, settings: [size, size] });
  await expect(start({ url: fake.url, settings: [size] })).rejects.toThrow(/"size" is served by another client/);
  await expect(first.add(sizeOf())).rejects.toThrow(/two settings are called "size"/);
  await first.add(size);
  await first.close();
  expect(size.get({ user: 'x' })).toBe(1);
  fake.query = values(2);
  await start({ url: fake.url, settings: [size] });
  expect(size.get({ user: 'x' })).toBe(2);
});

it('closing ends what is under way, and what comes later is refused', async () => {
  const fake = await fakeService();
  const errors: unknown[] = [];
  const client = await start({ url: fake.url, settings: [sizeOf()], onUpdateError: (error) => errors.push(error) });
  fake.query = () => undefined;
  const reloading = client.reload();
  reloading.catch(() => undefined);
  await client.close();
  await client.close();
  await expect(reloading).rejects.toThrow('the client is closed');
  await expect(client.reload()).rejects.toThrow('the client is closed');
  await expect(client.add(sizeOf())).rejects.toThrow('the client is closed');
  expect(client.status()).toMatchObject({ state: 'closed', failures: 0 });
  expect(errors).toEqual([]);
});

it('without declaring only reads', async () => {
  const fake = await fakeService();
  const size = sizeOf();
  await start({ url: `${fake.url}/`, settings: [size], declare: false });
  expect(size.get({ user: 'x' })).toBe(1);
  expect(fake.seen).toEqual(['GET /api/v1/query']);
});

it('sends headers that the program gives, asked for each request', async () => {
  const fake = await fakeService();
  const sent: unknown[] = [];
  fake.query = (request, response) => {
    sent.push(request.headers['authorization']);
    values(1)(request, response);
  };
  let token = 0;
  const headers = () => ({ authorization: `Bearer ${(token += 1)}` });
  const client = await start({ url: fake.url, settings: [sizeOf()], declare: false, updates: 'poll', headers });
  await client.reload();
  expect(sent).toEqual(['Bearer 1', 'Bearer 2']);
});

it('an interval that passes brings new values, whatever the clock says', async () => {
  const fake = await fakeService();
  const size = sizeOf();
  const client = await start({ url: fake.url, settings: [size], updateIntervalMs: 20 });
  const realNow = Date.now;
  try {
    for (const [jumpMs, value] of [
      [86_400_000, 2],
      [-86_400_000 * 365, 3],
    ] as const) {
      Date.now = () => realNow() + jumpMs;
      const changed = new Promise((resolve) => client.onChange(resolve));
      fake.query = values(value);
      await changed;
      expect(size.get({ user: 'x' })).toBe(value);
      expect(client.status().ageMs).toBeGreaterThanOrEqual(0);
      expect(client.status().ageMs).toBeLessThan(60_000);
    }
  } finally {
    Date.now = realNow;
  }
});

it.each<[string, object, RegExp]>([
  ['a URL', { url: 'heksher' }, /"heksher" is no URL of a service; accepted/],
  ['a scheme', { url: 'ftp://host' }, /"ftp:\/\/host" is no URL/],
  ['an interval', { updateIntervalMs: 0 }, /updateIntervalMs is 0; accepted/],
  ['a duration', { timeoutMs: NaN }, /timeoutMs is NaN/],
  ['a policy', { onConflict: 'ignore' }, /onConflict is "ignore"; accepted: fail, serve, default/],
  ['another', { onMissingFeature: 'x' }, /onMissingFeature is "x"; accepted: throw, default, resolve/],
])('refuses %s that makes no sense', async (_, options, message) => {
  await expect(start({ url: 'http://127.0.0.1:1', ...options })).rejects.toThrow(message);
});

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { HeksherClient } from '../client.js';
import { type ClientOptions } from '../options.js';
import { openLogs, type Problem, ProblemLog } from '../problems.js';
import { setting } from '../setting.js';
import { reconnectMs, streaming } from './streaming.js';

const servers: Server[] = [];
const clients: HeksherClient[] = [];
beforeAll(() => void openLogs.add(new ProblemLog(() => undefined)));
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) server.closeAllConnections();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const BEGIN = 'retry: 20\n\nid: 7-a\n\n';
const CHANGE = 'id: 8-a\nevent: change\ndata: {}\n\n';
const stream: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).write(BEGIN);
};

/** A service whose value the test sets, and whose stream is what it says. */
async function fakeService(listen: Answer = stream) {
  const service = {
    url: '',
    value: 1,
    status: 200,
    listen,
    /** Streams that are open, and the addresses of all that were asked for. */
    streams: new Set<ServerResponse>(),
    asked: [] as string[],
    queries: 0,
    requests: [] as IncomingMessage[],
    write: (text: string) => {
      for (const response of service.streams) response.write(text);
    },
  };
  const server = createServer((request, response) => {
    request.resume();
    const path = request.url ?? '';
    if (path.startsWith('/api/v1/changes')) {
      service.asked.push(path);
      service.requests.push(request);
      service.streams.add(response);
      response.on('close', () => service.streams.delete(response));
      return service.listen(request, response);
    }
    if (!path.startsWith('/api/v1/query')) return void response.end('{"outcome":"uptodate"}');
    service.queries += 1;
    const names = new URL(path, service.url).searchParams.get('settings')?.split(',') ?? [];
    const one = { rules: [], default_value: service.value, rollouts: [] };
    const settings = Object.fromEntries(names.map((name) => [name, one]));
    response.writeHead(service.status).end(JSON.stringify({ settings, context_features: ['user'] }));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return service;
}

const sizeOf = (name = 'size') => setting(name, { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });

/** Updates by the clock never come within a test. */
async function start(options: ClientOptions): Promise<HeksherClient> {
  const client = await HeksherClient.start({
    onProblem: () => undefined,
    updateIntervalMs: 1e9,
    declare: false,
    ...options,
  });
  clients.push(client);
  return client;
}

async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const streams = (client: HeksherClient) => until(() => client.status().isStreaming);

it('asks when the stream begins and for each event, and for nothing that a proxy or a heartbeat says', async () => {
  const service = await fakeService();
  const size = sizeOf();
  const client = await start({ url: service.url, settings: [size] });
  const changes: unknown[] = [];
  client.onChange((names) => changes.push([names, size.get({ user: 'x' })]));
  await streams(client);
  await until(() => service.queries === 2);
  service.value = 2;
  service.write(CHANGE);
  await until(() => changes.length === 1);
  expect(changes).toEqual([[['size'], 2]]);
  const { queries } = service;
  service.write(': keep-alive\n\nid: 9-a\n: keep-alive\n\n');
  await client.reload();
  expect(service.queries).toBe(queries + 1);
  expect(service.asked).toEqual(['/api/v1/changes?settings=size']);
  expect(service.requests[0]?.headers).toMatchObject({
    accept: 'text/event-stream',
    'heksher-client': expect.stringMatching(/^heksher-client\/\w+$/) as string,
  });
});

it('is opened anew for settings that are added', async () => {
  const service = await fakeService();
  const client = await start({ url: service.url, settings: [sizeOf()] });
  await streams(client);
  await client.add(sizeOf('other'));
  await until(() => service.asked.length === 2 && service.streams.size === 1);
  expect(service.asked[1]).toBe('/api/v1/changes?settings=other,size');
});

it('asks for everything where there are more settings than an address holds', async () => {
  const service = await fakeService();
  const many = Array.from({ length: 80 }, (_, index) => sizeOf(`${'long_'.repeat(20)}${index}`));
  await start({ url: service.url, settings: many });
  await until(() => service.asked.length === 1);
  expect(service.asked[0]).toBe('/api/v1/changes');
});

it('comes back when a stream ends, and then asks for what changed meanwhile', async () => {
  const service = await fakeService();
  const size = sizeOf();
  const client = await start({
    url: service.url,
    settings: [size],
    updates: streaming(1e9, { timing: { silenceMs: 1e6, steadyMs: 0 } }),
  });
  await streams(client);
  for (const end of [(one: ServerResponse) => one.end('retry: 5\n\n'), (one: ServerResponse) => one.destroy()]) {
    const before = service.asked.length;
    service.value += 1;
    for (const response of service.streams) end(response);
    await until(() => service.asked.length > before && size.get({ user: 'x' }) === service.value);
    await streams(client);
  }
});

it('says which program it is, and when it comes back which state that serves', async () => {
  const service = await fakeService((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 1\n\nid: 7-0123abcd\n\n');
  });
  const client = await start({ url: service.url, settings: [sizeOf()], name: 'shop/pod-7' });
  await streams(client);
  service.write('id: 8-0123abcd\nevent: change\ndata: {}\n\n');
  await until(() => service.queries > 2);
  await client.reload();
  for (const response of service.streams) response.end();
  await until(() => service.requests.length === 2);
  expect(service.requests.map(({ headers }) => [headers['heksher-client'], headers['heksher-serving']])).toEqual([
    ['shop/pod-7', undefined],
    ['shop/pod-7', '8-0123abcd'],
  ]);
  await expect(start({ url: service.url, name: 'my shop' })).rejects.toThrow(/name is "my shop"; accepted: letters/);
});

it('is given up as dead where nothing is heard on it', async () => {
  const service = await fakeService();
  const client = await start({
    url: service.url,
    settings: [sizeOf()],
    updates: streaming(1e9, { timing: { silenceMs: 100, steadyMs: 0 } }),
  });
  await streams(client);
  await until(() => service.asked.length > 2);
  expect(service.streams.size).toBeLessThan(2);
});

it('what breaks off because the service is away is told at once, and again when it is back', async () => {
  const service = await fakeService();
  const client = await start({
    url: service.url,
    settings: [sizeOf()],
    updates: streaming(1e9, { timing: { silenceMs: 1e6, steadyMs: 0 } }),
  });
  await streams(client);
  service.status = 500;
  service.listen = (_, response) => void response.writeHead(503).end();
  for (const response of service.streams) response.destroy();
  await until(() => client.status().state === 'failing');
  expect(client.status().isStreaming).toBe(false);
  service.status = 200;
  service.listen = stream;
  await until(() => client.status().state === 'serving');
});

describe('where there is no stream, the clock alone counts, which is a problem if one was asked for:', () => {
  it.each<[what: string, listen: Answer, reason: RegExp]>([
    ['an older service', (_, response) => void response.writeHead(404).end('{}'), /it is answered 404/],
    [
      'a page',
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('x'),
      /with text\/html/,
    ],
    [
      'JSON',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
      /application\/json/,
    ],
    ['what holds everything back', () => undefined, /no answer within 200 ms/],
    ['a broken connection', (request) => void request.socket.destroy(), /fetch failed|socket|terminated/],
    ['too many streams', (_, response) => void response.writeHead(503, { 'retry-after': '60' }).end(), /503/],
  ])('%s', async (_, listen, reason) => {
    const service = await fakeService(listen);
    const problems: Problem[] = [];
    const onProblem = (problem: Problem) => problems.push(problem);
    const size = sizeOf();
    const options = { url: service.url, onProblem, timeoutMs: 200, updateIntervalMs: 50 };
    const client = await start({ ...options, settings: [size], updates: 'stream' });
    await until(() => problems.length > 0);
    expect(problems).toEqual([
      {
        kind: 'stream',
        reason: expect.stringMatching(reason) as string,
        message: expect.stringMatching(/every 50 ms$/) as string,
      },
    ]);
    service.value = 2;
    await until(() => size.get({ user: 'x' }) === 2);
    expect(client.status()).toMatchObject({ state: 'serving', isStreaming: false });
    const quiet = await start({ ...options, settings: [sizeOf('quiet')] });
    await until(() => service.asked.length > 1);
    await quiet.close();
    expect(problems).toHaveLength(1);
  });
});

it('is not tried with a fetch that would keep the program running, unless it was asked for', async () => {
  const service = await fakeService();
  const aborted: boolean[] = [];
  const other: typeof fetch = (url, init) => {
    const path = (url as string).slice(service.url.length);
    if (!path.startsWith('/api/v1/changes')) return fetch(url, init);
    init?.signal?.addEventListener('abort', () => aborted.push(true));
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(BEGIN)) });
    return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
  };
  const client = await start({ url: service.url, settings: [sizeOf()], fetch: other });
  await until(() => aborted.length === 1);
  expect(client.status().isStreaming).toBe(false);
  const asking = await start({ url: service.url, settings: [sizeOf('two')], fetch: other, updates: 'stream' });
  await streams(asking);
});

it("'poll' opens no stream", async () => {
  const service = await fakeService();
  const size = sizeOf();
  await start({ url: service.url, settings: [size], updates: 'poll', updateIntervalMs: 20 });
  service.value = 2;
  await until(() => size.get({ user: 'x' }) === 2);
  expect(service.asked).toEqual([]);
});

it('a token that is refused is renewed for the stream, too', async () => {
  const sent: (string | undefined)[] = [];
  const service = await fakeService((request, response) => {
    sent.push(request.headers.authorization);
    if (request.headers.authorization === 'Bearer new') return stream(request, response);
    response.writeHead(401).end();
  });
  let held = 'Bearer old';
  const authorization = ({ isRefused }: { isRefused: boolean }) => (held = isRefused ? 'Bearer new' : held);
  const client = await start({ url: service.url, settings: [sizeOf()], authorization });
  await streams(client);
  expect(sent).toEqual(['Bearer old', 'Bearer new']);
});

it('closing ends the stream', async () => {
  const service = await fakeService();
  const client = await start({ url: service.url, settings: [sizeOf()] });
  await streams(client);
  await client.close();
  await until(() => service.streams.size === 0);
  expect(client.status()).toMatchObject({ state: 'closed', isStreaming: false });
});

it.each([
  [0, 2_000, 2_000],
  [1, 2_000, 4_000],
  [3, 2_000, 16_000],
  [50, 2_000, 60_000],
  [0, 0, 1],
  [9, 90_000, 90_000],
])('after %d failures and a retry of %d ms it comes back within %d ms', (failures, retryMs, most) => {
  expect(reconnectMs(failures, retryMs)).toBe(most);
});

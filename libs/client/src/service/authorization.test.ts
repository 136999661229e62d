import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { HeksherClient } from '../client.js';
import { type ClientOptions } from '../options.js';
import { openLogs, type Problem, ProblemLog } from '../problems.js';
import { setting } from '../setting.js';

const servers: Server[] = [];
const clients: HeksherClient[] = [];
beforeAll(() => void openLogs.add(new ProblemLog(() => undefined)));
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) server.closeAllConnections();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const INVALID = 'Bearer realm="heksher", error="invalid_token", error_description="the token has expired"';
const refuse =
  (status: number, challenge: string, detail: string): Answer =>
  (_, response) => {
    const headers = { 'www-authenticate': challenge, 'content-type': 'application/problem+json' };
    response.writeHead(status, headers).end(JSON.stringify({ status, detail }));
  };

/** A service that takes `accepted` alone, and what it was sent. */
async function serviceThat(isAccepted: (authorization: string | undefined) => boolean) {
  const seen: (string | undefined)[] = [];
  const service = { url: '', seen, refusal: refuse(401, INVALID, 'the token has expired'), value: 1 };
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    seen.push(authorization);
    request.resume();
    request.once('end', () => {
      if (!isAccepted(authorization)) return service.refusal(request, response);
      const settings = { size: { rules: [], default_value: service.value, rollouts: [] } };
      const isQuery = request.url?.startsWith('/api/v1/query') === true;
      response.end(JSON.stringify(isQuery ? { settings, context_features: ['user'] } : { outcome: 'uptodate' }));
    });
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return service;
}

const sizeOf = () => setting('size', { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });

async function start(options: ClientOptions): Promise<HeksherClient> {
  const client = await HeksherClient.start({ onProblem: () => undefined, updates: 'poll', ...options });
  clients.push(client);
  return client;
}

it('is sent with every request, trimmed', async () => {
  const service = await serviceThat((sent) => sent === 'Bearer key-of-ours');
  const size = sizeOf();
  await start({ url: service.url, settings: [size], authorization: 'Bearer key-of-ours\n' });
  expect(size.get({ user: 'x' })).toBe(1);
  expect(new Set(service.seen)).toEqual(new Set(['Bearer key-of-ours']));
});

it('a function gives a fresh token after a 401, and the request is repeated once, also one that writes', async () => {
  let valid = 'Bearer token-1';
  const service = await serviceThat((sent) => sent === valid);
  const asked: boolean[] = [];
  let held = 'Bearer token-0';
  const authorization = async ({ isRefused }: { isRefused: boolean }): Promise<string> => {
    asked.push(isRefused);
    if (isRefused) held = await Promise.resolve(valid);
    return held;
  };
  const size = sizeOf();
  const client = await start({ url: service.url, settings: [size], authorization });
  expect(service.seen).toEqual(['Bearer token-0', 'Bearer token-1', 'Bearer token-1']);
  expect(asked).toEqual([false, true, false]);
  valid = 'Bearer token-2';
  service.value = 2;
  await client.reload();
  expect(size.get({ user: 'x' })).toBe(2);
  expect(service.seen.slice(3)).toEqual(['Bearer token-1', 'Bearer token-2']);
});

it('requests that are refused at the same time share one fresh token', async () => {
  const service = await serviceThat((sent) => sent === 'Bearer fresh');
  const asked: boolean[] = [];
  let held = 'Bearer old';
  const authorization = ({ isRefused }: { isRefused: boolean }): string => {
    asked.push(isRefused);
    if (isRefused) held = 'Bearer fresh';
    return held;
  };
  const many = Array.from({ length: 400 }, (_, index) =>
    setting(`${'long_name_'.repeat(20)}${index}`, { type: 'int', configurableFeatures: ['user'], defaultValue: 1 }),
  );
  // So many settings are asked for by several queries at once; those that this service does not answer keep their defaults.
  await start({ url: service.url, settings: many, declare: false, authorization }).catch(() => undefined);
  expect(service.seen.filter((sent) => sent === 'Bearer old').length).toBeGreaterThan(1);
  expect(asked.filter((isRefused) => isRefused)).toHaveLength(1);
});

it('a refusal is told once, says what to do, and keeps the values; nothing that is told has the credentials', async () => {
  let isAccepted = true;
  const service = await serviceThat(() => isAccepted);
  const told: unknown[] = [];
  const size = sizeOf();
  const problems: Problem[] = [];
  const client = await start({
    url: service.url,
    settings: [size],
    authorization: 'Bearer very-secret',
    updateIntervalMs: 20,
    onUpdateError: (error) => told.push(error),
    onProblem: (problem) => problems.push(problem),
  });
  isAccepted = false;
  service.refusal = (request, response) => {
    const detail = `the token has expired: ${request.headers.authorization}`;
    refuse(401, INVALID, detail)(request, response);
  };
  await expect(client.reload()).rejects.toMatchObject({ code: 'unavailable' });
  await new Promise<void>((resolve) => {
    const end = client.onStatus(({ failures }) => failures > 3 && resolve(end()));
  });
  expect(size.get({ user: 'x' })).toBe(1);
  expect(problems).toMatchObject([
    {
      kind: 'credentials',
      status: 401,
      message:
        'asking for values: the service answered 401 (the token has expired: Bearer …); the credentials do not hold: ' +
        'give a key or a token that does as "authorization"; the last values hold until the service answers',
    },
  ]);
  isAccepted = true;
  await client.reload();
  isAccepted = false;
  service.refusal = refuse(
    403,
    'Bearer error="insufficient_scope", scope="heksher:read"',
    'this needs the grant "read"',
  );
  await expect(client.reload()).rejects.toThrow(
    'the service answered 403 (this needs the grant "read"); the credentials lack the scope heksher:read: ask for a key or a token that has it',
  );
  await new Promise<void>((resolve) => {
    const end = client.onStatus(({ failures }) => failures > 3 && resolve(end()));
  });
  expect(problems).toMatchObject([{ status: 401 }, { kind: 'credentials', status: 403, scope: 'heksher:read' }]);
  told.push(problems, client.status(), JSON.stringify(client.status()));
  expect(inspect(told, { depth: 20 })).not.toContain('very-secret');
});

it('after a 401 it is asked ever more seldom, as in an outage, and a fresh token that is refused too is not tried again', async () => {
  const service = await serviceThat(() => false);
  let count = 0;
  const options = { url: service.url, settings: [sizeOf()], declare: false, onUnavailable: 'continue' } as const;
  const client = await start({ ...options, authorization: () => `Bearer token-${(count += 1)}`, updateIntervalMs: 50 });
  expect(service.seen).toEqual(['Bearer token-1', 'Bearer token-2']);
  await new Promise<void>((resolve) => {
    const end = client.onStatus(({ failures }) => failures === 4 && resolve(end()));
  });
  expect(service.seen).toHaveLength(8);
});

it.each([
  [
    'without credentials',
    undefined,
    /wants credentials: give a key or a token as "authorization", such as "Bearer hk_s_…"/,
  ],
  ['with such as do not hold', 'Bearer expired', /the credentials do not hold/],
])('a start %s rejects, and says so', async (_, authorization, message) => {
  const service = await serviceThat(() => false);
  const one = { url: service.url, settings: [sizeOf()], ...(authorization !== undefined && { authorization }) };
  await expect(start(one)).rejects.toThrow(message);
  const two = setting('other', { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });
  const before = service.seen.length;
  await expect(start({ ...one, settings: [sizeOf(), two] })).rejects.toThrow(
    /^declaring settings: the service answered 401/,
  );
  expect(service.seen.length - before).toBe(1);
});

it('a function that fails or never answers is as a service that does not answer, and does not hold up close', async () => {
  const service = await serviceThat(() => true);
  const failing = {
    url: service.url,
    settings: [sizeOf()],
    authorization: () => Promise.reject(new Error('no issuer')),
  };
  await expect(start(failing)).rejects.toThrow('the function "authorization" failed: no issuer');
  const hanging = { url: service.url, settings: [sizeOf()], authorization: () => new Promise<string>(() => undefined) };
  await expect(start({ ...hanging, timeoutMs: 20 })).rejects.toThrow(/no answer within 20 ms/);
  const client = await start({ url: service.url });
  await client.close();
  expect(service.seen.filter((sent) => sent !== undefined)).toEqual([]);
});

it.each<[what: string, options: Partial<ClientOptions>, message: RegExp]>([
  ['a bare key', { authorization: 'hk_s_secret' }, /has no scheme such as "Bearer" before it/],
  ['a line break', { authorization: 'Bearer secret\nsecret' }, /is not one/],
  ['two', { authorization: 'Bearer secret', headers: { Authorization: 'secret' } }, /among "headers" too/],
  ['an odd header', { headers: { 'x-api-key': 'secret\nsecret' } }, /the header "x-api-key" has a name or a value/],
])('%s is refused, and not shown', async (_, options, message) => {
  const starting = start({ url: 'http://127.0.0.1:9', settings: [sizeOf()], ...options });
  await expect(starting).rejects.toThrow(message);
  await expect(starting).rejects.not.toThrow(/secret/);
});

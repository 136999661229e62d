import { addFeatures, addRule, declare, type Answer, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService({ HEKSHER_TARGETING_FEATURE: 'user' });

beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await addRule(api.call, 'cache_size', { account: 'jim' }, 50);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRule(api.call, 'cache_size', { user: '42' }, 42);
  await declare(api.call, { name: 'old_name', type: 'str', default_value: 'é' });
  await expectStatus(204, api.put('/settings/old_name/name', { name: 'greeting', version: '1.1' }));
});

const FLAGS = '/ofrep/v1/evaluate/flags';

function evaluate(key: string, body: unknown = {}): Promise<Answer> {
  return api.call('POST', `${FLAGS}/${key}`, { body });
}

function evaluateAll(body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return api.call('POST', FLAGS, { body, headers });
}

const byDefault = { key: 'cache_size', value: 60, reason: 'DEFAULT', variant: 'default', metadata: { version: '1.0' } };
const byRule = (rule: number, value: number): object => ({
  ...byDefault,
  value,
  reason: 'TARGETING_MATCH',
  variant: `rule-${rule}`,
  metadata: { rule_id: rule, version: '1.0' },
});

it.each<[context: unknown, flag: object]>([
  [undefined, byDefault],
  [null, byDefault],
  [{}, byDefault],
  [{ account: 'jim' }, byRule(1, 50)],
  [{ targetingKey: 'guest' }, byRule(2, 10)],
  [{ targetingKey: 'someone', user: 'guest', color: 'red', nested: { a: [1] } }, byRule(2, 10)],
  [{ targetingKey: 'guest', user: 'someone' }, byDefault],
  [{ targetingKey: 'guest', user: null }, byRule(2, 10)],
  [{ targetingKey: 42 }, byRule(3, 42)],
  [{ user: 42.0 }, byRule(3, 42)],
  [{ user: ['guest'] }, byDefault],
  [{ user: 'gu est', account: 'x'.repeat(300) }, byDefault],
])('in the context %j', async (context, flag) => {
  const answer = await evaluate('cache_size', { context });
  expect(answer).toMatchObject({ status: 200, body: flag });
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
});

it('a byte order mark before a body is skipped', async () => {
  expect((await evaluate('cache_size', '\ufeff{"context":{"account":"jim"}}')).body).toEqual(byRule(1, 50));
});

it('an error repeats no more than 1 000 characters of a key', async () => {
  const answer = await evaluate('k'.repeat(50_000));
  expect(answer.status).toBe(404);
  expect(answer.body).toMatchObject({ key: `${'k'.repeat(1_000)}…`, errorCode: 'FLAG_NOT_FOUND' });
  expect(answer.text.length).toBeLessThan(8_192);
});

it('a key that comes twice answers 400 and names it', async () => {
  for (const answer of [
    await evaluate('cache_size', '{"context":{"user":"guest","user":"jim"}}'),
    await evaluateAll('{"context":{"user":"guest","user":"jim"}}'),
  ]) {
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('the key \\"user\\" comes twice');
  }
});

it('an alias is a key, and is the key of the answer; the value is as it was written', async () => {
  const metadata = { version: '1.1' };
  const expected = { value: 'é', reason: 'STATIC', variant: 'default', metadata };
  expect((await evaluate('old_name')).body).toEqual({ key: 'old_name', ...expected });
  expect((await evaluate('greeting')).body).toEqual({ key: 'greeting', ...expected });
});

it.each<[path: string, key: string]>([
  ['nothing', 'nothing'],
  ['a%2Fb', 'a/b'],
  ['a/b', 'a/b'],
  ['a/b/c%20d', 'a/b/c d'],
  ['%C3%A9', 'é'],
  ['%00', '\0'],
  ['Cache_Size', 'Cache_Size'],
  ['__proto__', '__proto__'],
])('the key %s is not found, by its name', async (path, key) => {
  const answer = await evaluate(path);
  expect(answer).toMatchObject({ status: 404, body: { key, errorCode: 'FLAG_NOT_FOUND' } });
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
});

it('all flags come by their canonical names, in the order of these', async () => {
  const answer = await evaluateAll({ context: { targetingKey: 'guest' } });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    flags: [
      byRule(2, 10),
      { key: 'greeting', value: 'é', reason: 'STATIC', variant: 'default', metadata: { version: '1.1' } },
    ],
    metadata: { revision: expect.stringMatching(/./) as unknown },
    eventStreams: [
      { type: 'sse', endpoint: { requestUri: '/ofrep/v1/events/configuration' }, inactivityDelaySec: 120 },
    ],
  });
});

describe('malformed requests', () => {
  it.each<[body: string | Uint8Array, code: string, details: RegExp]>([
    ['', 'PARSE_ERROR', /^the body is not JSON/],
    ['{"context":', 'PARSE_ERROR', /^the body is not JSON.*position/],
    ['[]', 'PARSE_ERROR', /object, not an array/],
    [new Uint8Array([0xff]), 'PARSE_ERROR', /UTF-8/],
    ['{"context":[]}', 'INVALID_CONTEXT', /object, not an array/],
    ['{"context":"user"}', 'INVALID_CONTEXT', /object, not a string/],
  ])('%j is a 400 %s', async (body, errorCode, details) => {
    const errorDetails = expect.stringMatching(details) as unknown;
    expect(await evaluate('cache_size', body)).toMatchObject({ status: 400, body: { key: 'cache_size', errorCode, errorDetails } }); // prettier-ignore
    expect((await evaluateAll(body)).status).toBe(400);
    expect((await evaluateAll(body)).body).toEqual({ errorCode, errorDetails });
  });

  it.each(['*/*', 'text/plain', 'application/problem+json'])('are JSON where Accept is %s', async (accept) => {
    const answer = await api.call('POST', `${FLAGS}/x`, { body: '{', headers: { accept } });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.body).toMatchObject({ key: 'x', errorCode: 'PARSE_ERROR' });
  });

  it('a body that is too large is a 413 that clients can read', async () => {
    const body = JSON.stringify({ context: { user: 'x'.repeat(1_100_000) } });
    const error = { errorCode: 'GENERAL', errorDetails: expect.stringMatching(/too large/) as unknown };
    expect(await evaluate('cache_size', body)).toMatchObject({ status: 413, body: { key: 'cache_size', ...error } });
    const answer = await evaluateAll(body);
    expect([answer.status, answer.body]).toEqual([413, error]);
  });

  it('an unknown Content-Encoding is a 415 that clients can read', async () => {
    const answer = await api.call('POST', `${FLAGS}/x`, { body: '{}', headers: { 'content-encoding': 'compress' } });
    expect(answer).toMatchObject({ status: 415, body: { key: 'x', errorCode: 'GENERAL' } });
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('%s is a 405 that clients can read', async (method) => {
    const answer = await api.call(method, `${FLAGS}/cache_size`);
    expect(answer).toMatchObject({ status: 405, body: { key: 'cache_size', errorCode: 'GENERAL' } });
    expect(answer.headers.get('allow')).toBe('POST');
    expect((await api.call(method, FLAGS)).body).toEqual({
      errorCode: 'GENERAL',
      errorDetails: `${method} is not served here; allowed: POST`,
    });
  });

  it('a path that cannot be decoded is a 400 with the key as it stands', async () => {
    expect(await evaluate('%zz')).toMatchObject({ status: 400, body: { key: '%zz', errorCode: 'GENERAL' } });
    expect(await evaluate('a%2')).toMatchObject({ status: 400, body: { key: 'a%2', errorCode: 'GENERAL' } });
  });

  it('what OFREP does not have is a 404', async () => {
    const answer = await api.call('GET', '/ofrep/v1/configuration');
    expect([answer.status, answer.body]).toEqual([
      404,
      { errorCode: 'GENERAL', errorDetails: 'Cannot GET /ofrep/v1/configuration' },
    ]);
  });
});

describe('the tag of all flags', () => {
  const context = { targetingKey: 'guest', theme: 'dark' };
  const tagIn = async (given: object): Promise<string> =>
    (await evaluateAll({ context: given })).headers.get('etag') ?? '';

  it('answers 304 as long as nothing changes, whatever else the context tells', async () => {
    const etag = await tagIn(context);
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    for (const form of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const answer = await evaluateAll({ context: { ...context, seen: Date.now() } }, { 'if-none-match': form });
      expect(answer).toMatchObject({ status: 304, text: '' });
      expect(answer.headers.get('etag')).toBe(etag);
    }
  });

  it('is another in another context: an attribute of an asker that keeps its key is enough', async () => {
    const etag = await tagIn(context);
    for (const other of [
      { ...context, theme: 'light' },
      { targetingKey: 'guest' },
      { ...context, account: 'jim' },
      {},
    ]) {
      expect((await evaluateAll({ context: other }, { 'if-none-match': etag })).status).toBe(200);
    }
  });

  it('is another after a write, and the flags are those after it', async () => {
    const etag = await tagIn(context);
    const rule = await addRule(api.call, 'cache_size', { theme: 'dark' }, 99);
    const answer = await evaluateAll({ context }, { 'if-none-match': etag });
    expect(answer.status).toBe(200);
    expect((answer.body as { flags: unknown[] }).flags[0]).toEqual(byRule(rule, 99));
    await expectStatus(204, api.delete(`/rules/${rule}`));
    expect(await tagIn(context)).not.toBe(etag);
  });
});

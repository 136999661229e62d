import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { openSocket, readToEnd } from '../support/http/raw-http.js';
import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { type: 'str', default_value: '' });
});

const LIMIT = 1_048_576;
const RULE = { setting: 'cache_size', feature_values: { user: 'john' }, value: 'x' };
const rule = (body: unknown, headers: Record<string, string> = {}) => api.post('/rules', body, headers);

/** A rule whose body has just this many bytes. */
function ruleOf(bytes: number): string {
  const text = JSON.stringify(RULE);
  return text.replace('"x"', `"${'x'.repeat(bytes - text.length + 1)}"`);
}

describe('a body is JSON whatever its Content-Type says:', () => {
  it.each([
    undefined,
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'application/json; charset=latin1',
    'nonsense',
    '',
  ])('%s', async (type) => {
    const answer = await rule({ ...RULE, value: 'é' }, type === undefined ? {} : { 'content-type': type });
    expect(answer.status).toBe(201);
    expect((await api.get('/rules/1')).body).toMatchObject({ value: 'é' });
  });

  it('a test is really sent without one', () => {
    const response = new Request('http://localhost', { method: 'POST', body: Buffer.from('{}') });
    expect(response.headers.has('content-type')).toBe(false);
  });

  it('of a DELETE too', async () => {
    const answer = await api.delete('/settings/cache_size/metadata', { version: '1.1' });
    expect(answer.status).toBe(204);
    expect((await api.get('/settings/cache_size')).body).toMatchObject({ version: '1.1' });
  });
});

describe('a compressed body', () => {
  const bytes = Buffer.from(JSON.stringify(RULE));
  it.each([
    ['gzip', gzipSync(bytes)],
    ['deflate', deflateSync(bytes)],
    ['br', brotliCompressSync(bytes)],
    ['identity', bytes],
  ])('is read where it is %s', async (encoding, body) => {
    expect((await rule(body, { 'content-encoding': encoding })).status).toBe(201);
  });

  it('that is no gzip answers 422', async () => {
    const answer = await api.unchanged(() => rule(bytes, { 'content-encoding': 'gzip' }));
    expect(answer.body).toMatchObject({ status: 422, errors: [{}] });
  });

  it('that is cut off answers 422', async () => {
    const answer = await api.unchanged(() => rule(gzipSync(bytes).subarray(0, 30), { 'content-encoding': 'gzip' }));
    expect(answer.status).toBe(422);
  });

  it('in an encoding that nobody knows answers 415', async () => {
    expect((await api.unchanged(() => rule(bytes, { 'content-encoding': 'rot13' }))).status).toBe(415);
  });

  it('counts by what it unpacks to: 413', async () => {
    const bomb = gzipSync(Buffer.alloc(LIMIT + 1, ' '));
    expect((await api.unchanged(() => rule(bomb, { 'content-encoding': 'gzip' }))).status).toBe(413);
  });
});

describe('the limit of 1 MiB', () => {
  it.each([LIMIT - 1, LIMIT])('lets %i bytes in, and serves the value whole', async (bytes) => {
    const body = ruleOf(bytes);
    expect(Buffer.byteLength(body)).toBe(bytes);
    expect((await rule(body)).status).toBe(201);
    const { value } = JSON.parse(body) as { value: string };
    expect((await api.get('/rules/1')).body).toMatchObject({ value });
  });

  it.each([LIMIT + 1, 3 * LIMIT])('refuses %i bytes with 413', async (bytes) => {
    expect((await api.unchanged(() => rule(ruleOf(bytes)))).status).toBe(413);
  });

  it('refuses a body in chunks as soon as it is too long, and closes the connection', async () => {
    const socket = await openSocket(api.url());
    const answering = readToEnd(socket);
    const head = 'POST /api/v1/rules HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    // The body has no end.
    socket.write(`${head}${(LIMIT + 1).toString(16)}\r\n${' '.repeat(LIMIT + 1)}\r\n`);
    const answer = await answering;
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*\r\nconnection: close\r\n[^]*the limit is 1048576 bytes/i);
    expect(await api.sql('select * from rules')).toEqual([]);
  });

  it('counts bytes, not characters', async () => {
    const body = JSON.stringify({ ...RULE, value: 'é'.repeat(LIMIT / 2) });
    expect((await api.unchanged(() => rule(body))).status).toBe(413);
  });
});

describe('a body that is not a JSON object answers 422 and says where:', () => {
  it.each<[what: string, body: string | Buffer | undefined]>([
    ['nothing', undefined],
    ['empty', ''],
    ['white space', ' \n'],
    ['a word', 'nonsense'],
    ['a form', 'setting=cache_size&value=x'],
    ['a list', '[]'],
    ['a text', '"text"'],
    ['a number', '5'],
    ['null', 'null'],
    ['true', 'true'],
    ['two objects', '{}{}'],
    ['a cut-off object', '{"setting": "cache_size"'],
    ['a trailing comma', '{"setting": "cache_size",}'],
    ['single quotes', "{'setting': 'cache_size'}"],
    ['a comment', '{} // comment'],
    ['NaN', '{"value": NaN}'],
    ['Infinity', '{"value": -Infinity}'],
    ['a bare control character', '{"value": "a\nb"}'],
    ['an unknown escape', '{"value": "\\x41"}'],
    ['two byte order marks', '\ufeff\ufeff{}'],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['overlong UTF-8', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    [
      'a surrogate in UTF-8',
      Buffer.concat([Buffer.from('{"value":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['brackets without end', '['.repeat(100_000)],
    ['braces without end', '{"a":'.repeat(100_000)],
  ])('%s', async (_what, body) => {
    const answer = await api.unchanged(() => rule(body));
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'body' }] });
  });
});

it('a byte order mark before a body is skipped, and one inside a text is kept', async () => {
  const body = JSON.stringify({ ...RULE, value: '\ufeffx' });
  expect((await rule(`\ufeff${body}`)).status).toBe(201);
  expect((await api.get('/rules/1')).body).toMatchObject({ value: '\ufeffx' });
});

describe('members of a body', () => {
  it('that are unknown are ignored, whatever they hold', async () => {
    const strange =
      '"unknown": {"deep": [1.0, null]}, "__proto__": {"setting": "x"}, "constructor": 5, "toString": "x", "then": {}';
    const body = JSON.stringify(RULE).replace('{', `{${strange},`);
    expect((await rule(body)).status).toBe(201);
    expect((await api.get('/rules/1')).body).toEqual({
      setting: 'cache_size',
      value: 'x',
      feature_values: [['user', 'john']],
      metadata: {},
    });
  });

  it('are not inherited: __proto__ lends none', async () => {
    const { setting, ...rest } = RULE;
    const body = JSON.stringify(rest).replace('{', `{"__proto__": {"setting": "${setting}"},`);
    const answer = await api.unchanged(() => rule(body));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'setting' }] });
  });

  it.each([
    '{"setting":"a","setting":"cache_size","feature_values":{"user":"john"},"value":"x"}',
    '{"setting":"cache_size","feature_values":{"user":"john","user":"jim"},"value":"x"}',
    '{"setting":"cache_size","feature_values":{"user":"john","us\\u0065r":"jim"},"value":"x"}',
    '{"setting":"cache_size","feature_values":{"user":"john"},"value":"x","metadata":{"a":{"b":1,"b":1}}}',
    '{"setting":"cache_size","feature_values":{"user":"john"},"value":"x","unknown":{"a":1,"a":1}}',
  ])('that come twice are refused: %s', async (body) => {
    const answer = await api.unchanged(() => rule(body));
    expect(answer.body).toMatchObject({ status: 422, detail: expect.stringContaining('twice') as unknown });
  });

  it.each([
    '{"constructor":5}',
    '{"constructor":null}',
    '{"__proto__":[]}',
    '{"then":1,"toJSON":2}',
    '[{"constructor":{}}]',
    '[[[[]]]]',
  ])('of the wrong kind are a 422 also where they are %s', async (odd) => {
    for (const [method, path, body] of [
      ['post', '/context_features', `{"context_feature":${odd}}`],
      ['patch', '/context_features/user/index', `{"to_after":${odd}}`],
      ['post', '/rules', `{"setting":${odd},"feature_values":{"user":"john"},"value":"x"}`],
      ['put', '/settings/cache_size/name', `{"name":${odd},"version":"2.0"}`],
      ['put', '/settings/cache_size/type', `{"type":"int","version":${odd}}`],
      ['put', '/settings/cache_size/configurable_features', `{"configurable_features":${odd},"version":"2.0"}`],
      ['put', '/settings/cache_size/configurable_features', `{"configurable_features":[${odd}],"version":"2.0"}`],
    ] as const) {
      const answer = await api.unchanged(() => api[method](path, body));
      expect({ path, status: answer.status }).toEqual({ path, status: 422 });
    }
  });
});

it('an alias does in every place that names a setting', async () => {
  await api.put('/settings/cache_size/name', { name: 'size', version: '1.1' });
  const id = await addRule(api.call, 'cache_size', { user: 'john' }, 'x');
  const search = await api.get('/rules/search?setting=cache_size&feature_values=user:john');
  expect(search.body).toEqual({ rule_id: id });
  const query = await api.get('/query?settings=cache_size');
  expect(query.body).toMatchObject({ settings: { size: { rules: [{ rule_id: id }] } } });
  expect((await api.get('/settings/cache_size')).body).toMatchObject({ name: 'size' });
  expect((await api.get('/settings/cache_size/metadata')).status).toBe(200);
  expect((await api.delete('/settings/cache_size')).status).toBe(204);
  expect(await api.sql('select name from settings')).toEqual([]);
});

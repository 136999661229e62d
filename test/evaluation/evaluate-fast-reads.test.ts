import { express } from '../../apps/heksher/src/in-process.js';
import fc from 'fast-check';
import { ask, comparable, expectAlike, EXPRESS_WAY_OF_BODIES, type Request } from '../support/http/both-ways.js';
import { exchange, openSocket, parseAnswers, readToEnd } from '../support/http/raw-http.js';
import { addFeatures, addRollout, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

/** How many requests have come to Express: without this nobody knows which way an answer came. */
let toExpress = 0;
const application: { handle?: (...parameters: unknown[]) => unknown } = express.application as object;
const { handle } = application;
application.handle = function countAndHandle(...parameters) {
  toExpress += 1;
  return handle?.apply(this, parameters);
};

const api = useService({ HEKSHER_BODY_LIMIT_BYTES: '1024' });
beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await declare(api.call, { name: 'color', type: 'str', default_value: 'é漢😀' });
  await addRule(api.call, 'cache_size', { user: 'john' }, 5);
  await addRollout(api.call, 'color', { percentage: 50, value: 'blue' });
});

const PATH = '/api/v1/evaluate';
const post = (body: string, ...headers: readonly string[]): Request => ({
  ...{ method: 'POST', target: PATH, headers, body },
});
const JOHN = '{"context":{"user":"john"},"settings":["cache_size"]}';

it('a plain request does not come to Express', async () => {
  const before = toExpress;
  await ask(api.url(), post(JOHN, 'Content-Type: application/json'));
  expect(toExpress).toBe(before);
  await ask(api.url(), post(JOHN), EXPRESS_WAY_OF_BODIES);
  expect(toExpress).toBe(before + 1);
});

it.each<[status: number, request: Request]>([
  [200, post(JOHN)],
  [200, post(JOHN, 'X-Request-Id: me', 'Content-Type: text/plain; charset=latin1', 'Accept: text/html')],
  [200, post('{"context":{"user":"é"},"explain":true}', 'Accept: application/json')],
  [200, { ...post(JOHN), target: `${PATH}/` }],
  [422, { ...post(JOHN), target: `${PATH}?x` }],
  [200, { ...post(JOHN), target: `http://localhost${PATH}` }],
  [200, post(JOHN + ' '.repeat(1_024 - JOHN.length))],
  [404, post('{"context":{},"settings":["nothing"]}')],
  [404, post('{"context":{},"settings":["nothing"]}', 'Accept: application/json', 'X-Request-Id: me')],
  [404, { ...post(JOHN), target: `${PATH}s` }],
  [413, post(JOHN + ' '.repeat(1_025 - JOHN.length))],
  [422, post('{"context":{"usr":"john"}}')],
  [422, post('{')],
  [422, post('{"context":')],
  [405, { ...post(JOHN), method: 'PUT' }],
])('both ways answer alike: %i %j', async (status, request) => {
  const answer = await expectAlike(api.url(), request);
  expect(answer.statusLine).toMatch(`HTTP/1.1 ${status} `);
});

it('both ways answer alike to whatever body and headers', async () => {
  const text = fc.constantFrom('john', 'guest', '', 'a b', 'é', '\0', '__proto__');
  const member = fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) });
  const context = fc.dictionary(fc.constantFrom('user', 'account', 'theme', 'x', '__proto__'), member, { maxKeys: 2 });
  const settings = fc.array(fc.constantFrom('cache_size', 'color', 'nothing', 'a b'), { maxLength: 2 });
  const body = fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .record({ context, settings, explain: fc.boolean() }, { requiredKeys: ['context'] })
        .map((given) => JSON.stringify(given)),
    },
    {
      weight: 1,
      arbitrary: fc.jsonValue({ maxDepth: 2 }).map((given) => JSON.stringify({ context: {}, settings: given })),
    },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 10 }) },
  );
  const header = fc.constantFrom(
    ...[
      'Accept: application/json',
      'X-Request-Id: me',
      'Content-Type: application/json',
      'Content-Type: x',
      'Cookie: a=b',
    ],
  );
  const statuses = new Set<string>();
  await fc.assert(
    fc.asyncProperty(body, fc.uniqueArray(header, { maxLength: 3 }), async (given, headers) => {
      statuses.add((await expectAlike(api.url(), post(given, ...headers))).statusLine.slice(9, 12));
    }),
    { numRuns: 200 },
  );
  expect([...statuses]).toEqual(expect.arrayContaining(['200', '404', '422']));
});

const message = (target: string, body: string, ...headers: readonly string[]): string =>
  [`POST ${target} HTTP/1.1`, 'Host: localhost', `Content-Length: ${body.length}`, ...headers, '', body].join('\r\n');

it('many on one connection, one after another without waiting, are answered in order, either way', async () => {
  const all = async (...headers: readonly string[]): Promise<readonly object[]> => {
    const bodies = [JOHN, '{', '{"context":{}}', '{"context":{},"settings":["nothing"]}', JOHN];
    const messages = bodies.map((body) => message(PATH, body, ...headers));
    messages.splice(2, 0, 'GET /api/v1/query HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const bytes = await exchange(api.url(), messages.join('') + message(PATH, JOHN, 'Connection: close', ...headers));
    const answers = parseAnswers(
      bytes,
      [...messages, ''].map(() => true),
    );
    expect(answers.map(({ statusLine }) => statusLine.slice(9, 12))).toEqual([
      '200',
      '422',
      '200',
      '200',
      '404',
      '200',
      '200',
    ]);
    return answers.map(comparable);
  };
  expect(await all()).toEqual(await all(EXPRESS_WAY_OF_BODIES));
});

it('a body may come in pieces, and one that breaks off harms nobody', async () => {
  const whole = message(PATH, JOHN, 'Connection: close');
  const socket = await openSocket(api.url());
  const reading = readToEnd(socket);
  for (const piece of whole.match(/[^]{1,40}/g) ?? []) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await reading).toContain('"rule_id":1');
  const broken = await openSocket(api.url());
  broken.write(whole.slice(0, -5));
  await new Promise((resolve) => broken.end(() => resolve(undefined)));
  const reset = await openSocket(api.url());
  reset.write(whole.slice(0, -5));
  reset.resetAndDestroy();
  expect((await ask(api.url(), post(JOHN))).statusLine).toContain('200');
});

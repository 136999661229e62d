import { express } from '../../apps/heksher/src/in-process.js';
import fc from 'fast-check';
import { ask, expectAlike, EXPRESS_WAY_OF_BODIES, type Request } from '../support/http/both-ways.js';
import { headerOf } from '../support/http/raw-http.js';
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

const api = useService({ HEKSHER_TARGETING_FEATURE: 'user', HEKSHER_BODY_LIMIT_BYTES: '1024' });
beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await declare(api.call, { name: 'color', type: 'str', default_value: 'é漢😀' });
  await addRule(api.call, 'cache_size', { user: 'john' }, 5);
  const variants = [
    { name: 'blue', value: 'b', weight: 1 },
    { name: 'red', value: 'r', weight: 1 },
  ];
  await addRollout(api.call, 'color', { percentage: 50, variants });
});

const FLAGS = '/ofrep/v1/evaluate/flags';
const post = (path: string, body: string, ...headers: readonly string[]): Request => ({
  method: 'POST',
  target: `${FLAGS}${path}`,
  headers,
  body,
});
const JOHN = '{"context":{"targetingKey":"john"}}';

it.each(['', '/color'])('a plain request for flags%s does not come to Express', async (path) => {
  const before = toExpress;
  await ask(api.url(), post(path, JOHN, 'Content-Type: application/json'));
  expect(toExpress).toBe(before);
  await ask(api.url(), post(path, JOHN), EXPRESS_WAY_OF_BODIES);
  expect(toExpress).toBe(before + 1);
});

describe('both ways answer alike', () => {
  it.each<[status: number, request: Request]>([
    [200, post('/color', JOHN)],
    [200, post('/cache_size', JOHN, 'X-Request-Id: me')],
    [200, post('/cache_size', JOHN, 'If-None-Match: *')],
    [200, post('/cache_size', '{"context":{"user":"é"}}', 'Content-Type: text/plain; charset=latin1')],
    [200, post('', JOHN, 'Accept: text/html', 'Origin: http://localhost')],
    [403, post('', JOHN, 'Accept: text/html', 'Origin: http://elsewhere')],
    [200, post('', '{}', 'If-None-Match: "x"')],
    [200, post('/', '{}')],
    [200, post('/color/', '{}')],
    [200, post('/color?a=b', '{}')],
    [200, post('/col%6Fr', '{}')],
    [304, post('', JOHN, 'If-None-Match: *', 'X-Request-Id: me')],
    [400, post('/color', '{')],
    [400, post('/color', '{"context":[]}')],
    [400, post('/%zz', '{}')],
    [400, post('', '"x"')],
    [404, post('/nothing', '{}')],
    [404, post('/a-b', '{}')],
    [404, post('/a/b', '{}')],
    [404, post('/nothing', '{}', 'Accept: text/plain')],
    [413, post('/color', JSON.stringify({ context: { x: 'x'.repeat(2_000) } }))],
    [413, post('', ' '.repeat(1_025))],
    [200, post('/color', JOHN + ' '.repeat(1_024 - JOHN.length))],
  ])('%i %j', async (status, request) => {
    const answer = await expectAlike(api.url(), request);
    expect(answer.statusLine).toMatch(`HTTP/1.1 ${status} `);
    expect(headerOf(answer, 'X-Request-Id')).toBeDefined();
  });

  it('to whatever path, body and headers', async () => {
    const path = fc.constantFrom(
      '',
      '/',
      '/color',
      '/cache_size',
      '/nothing',
      '/a%2Fb',
      '/%',
      '/.',
      '/color?',
      '/COLOR',
    );
    const context = fc.oneof(
      fc.dictionary(fc.constantFrom('targetingKey', 'user', 'account', 'x'), fc.jsonValue({ maxDepth: 1 })),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const body = fc.oneof(
      { weight: 3, arbitrary: context.map((given) => JSON.stringify({ context: given })) },
      { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 10 }) },
    );
    const header = fc.constantFrom(
      ...['Accept: application/json', 'X-Request-Id: me', 'If-None-Match: *', 'If-None-Match: W/"x", "'],
      ...['Content-Type: application/json', 'Content-Type: x', 'Connection: close', 'Cookie: a=b'],
    );
    const request = fc.tuple(path, body, fc.uniqueArray(header, { maxLength: 3 }));
    const statuses = new Set<string>();
    await fc.assert(
      fc.asyncProperty(request, async ([target, text, headers]) => {
        statuses.add((await expectAlike(api.url(), post(target, text, ...headers))).statusLine.slice(9, 12));
      }),
      { numRuns: 200 },
    );
    expect([...statuses]).toEqual(expect.arrayContaining(['200', '400', '404']));
  });
});

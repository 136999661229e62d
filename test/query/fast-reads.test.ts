import { express } from '../../apps/heksher/src/in-process.js';
import fc from 'fast-check';
import { ask, comparable, expectAlike, EXPRESS_WAY, type Request } from '../support/http/both-ways.js';
import { exchange, headerOf, parseAnswers } from '../support/http/raw-http.js';
import {
  addFeatures,
  addRule,
  type Call,
  declare,
  startTestService,
  type TestService,
} from '../support/service/service.js';

/** How many requests have come to Express: without this nobody knows which way an answer came. */
let toExpress = 0;
const application: { handle?: (...parameters: unknown[]) => unknown } = express.application as object;
const { handle } = application;
application.handle = function countAndHandle(...parameters) {
  toExpress += 1;
  return handle?.apply(this, parameters);
};

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await fill(service.call);
});
afterAll(() => service.stop());

async function fill(call: Call): Promise<void> {
  await addFeatures(call, 'account', 'user', 'theme');
  await declare(call, { name: 'was_color', type: 'str', default_value: 'é漢😀' });
  await call('PUT', '/api/v1/settings/was_color/name', { body: { name: 'color', version: '1.1' } });
  await declare(call);
  await addRule(call, 'cache_size', { user: 'john' }, 5, { note: 'é' });
  await addRule(call, 'color', { account: 'x', theme: 'dark' }, 'red');
}

const query = (queryString: string, ...headers: string[]): Request => ({
  target: `/api/v1/query?${queryString}`,
  headers,
});

it('a plain query does not come to Express, and one with a Content-Length does', async () => {
  const before = toExpress;
  await ask(service.url, query('settings=color'));
  expect(toExpress).toBe(before);
  await ask(service.url, query('settings=color'), EXPRESS_WAY);
  expect(toExpress).toBe(before + 1);
});

describe('both ways answer alike', () => {
  it.each<[status: number, request: Request]>([
    [200, { target: '/api/v1/query' }],
    [200, query('')],
    [200, query('&&')],
    [200, query('settings=color,cache_size&include_metadata=True')],
    [200, query('settings=')],
    [200, query('settings=was_color')],
    [200, query('settings=%63olor')],
    [200, query('context_filters=user:(john),theme:*')],
    [200, query('context_filters=user%3A%28john%29')],
    [200, query('context_filters=')],
    [200, query('context_filters=rank:*')],
    [200, query('other=%ff&other=%')],
    [200, query('settings=color', 'Accept: application/json')],
    [200, query('settings=color', 'Accept-Encoding: gzip, br', 'Accept: text/html', 'Range: bytes=0-1')],
    [200, query('settings=color', 'X-Request-Id: caller-1')],
    [200, query('settings=color', 'X-Request-Id: not sane!')],
    [200, query('settings=color', 'If-None-Match: "other"')],
    [200, query('settings=color', 'If-Modified-Since: Sat, 21 Nov 2099 00:00:00 GMT')],
    [200, query('settings=color', 'Origin: http://elsewhere', 'Cookie: a=b', 'Authorization: Basic eDp5')],
    [304, query('settings=color', 'If-None-Match: *')],
    [304, query('settings=color', 'If-None-Match: *', 'X-Request-Id: caller-2')],
    [400, query('context_filters=user:*,user:*')],
    [404, query('settings=nothing')],
    [404, query('settings=nothing', 'Accept: application/json')],
    [404, query('settings=nothing', 'If-None-Match: *', 'X-Request-Id: caller-3')],
    [422, query('settings=a%20b')],
    [422, query('settings=%')],
    [422, query('settings=%c3')],
    [422, query('settings=a&settings=b')],
    [422, query('settings=a#b')],
    [422, query('context_filters=user:()', 'Accept: application/problem+json')],
    [422, query('include_metadata=maybe&settings=-')],
    [200, { target: '/api/v1/query/' }],
    [404, { target: '/API/v1/Query?settings=color' }],
    [404, { target: '/api/V1/query' }],
    [200, { target: 'http://localhost/api/v1/query?settings=color' }],
    [404, { target: '/api/v1/querying' }],
    [404, { target: '/api/v1/query/x' }],
    [404, { target: '/api/v1/query%3Fsettings=color' }],
    [404, { target: '//api/v1/query' }],
  ])('%i %j', async (status, request) => {
    const answer = await expectAlike(service.url, request);
    expect(answer.statusLine).toMatch(`HTTP/1.1 ${status} `);
    expect(headerOf(answer, 'X-Request-Id')).toBeDefined();
  });

  const piece = fc.constantFrom(
    ...['color', 'cache_size', 'was_color', 'nothing', ',', '%2C', '%', '%zz', '%00', '%ed%a0%80', '+', '#', '?', ';'],
    ...['user:', 'theme:*', '*', '(john', ')', 'true', 'NO', '1', '"', '\\', '{', '|', "'", '=', '&', '&&'],
  );
  const parameter = fc
    .tuple(
      fc.constantFrom(
        'settings',
        'settings',
        'context_filters',
        'include_metadata',
        'include_rollouts',
        'other',
        '%73ettings',
        '',
      ),
      fc.oneof(
        { weight: 2, arbitrary: fc.constantFrom('color', 'nothing', '*', 'true', 'user:(john),theme:*', '') },
        { weight: 1, arbitrary: fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')) },
      ),
    )
    .map((pair) => pair.join('='));
  const queryString = fc.array(parameter, { maxLength: 4 }).map((parameters) => parameters.join('&'));
  const header = fc.constantFrom<string>(
    ...['Accept: application/json', 'Accept: */*', 'X-Request-Id: me', 'If-None-Match: *', 'If-None-Match: W/"x", "'],
    ...['If-None-Match:', 'Content-Type: application/json', 'X-HTTP-Method-Override: DELETE', 'Accept-Language: en'],
  );

  it('to whatever query string and headers', async () => {
    const statuses = new Set<string>();
    const request = fc.record({ text: queryString, headers: fc.uniqueArray(header, { maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(request, async ({ text, headers }) => {
        statuses.add((await expectAlike(service.url, query(text, ...headers))).statusLine.slice(9, 12));
      }),
      { numRuns: 300 },
    );
    expect([...statuses]).toEqual(expect.arrayContaining(['200', '304', '404', '422']));
  });

  it('with a 304 to the tag of any answer, in any form', async () => {
    for (const queryString of ['', 'settings=color', 'context_filters=user:(john)', 'settings=']) {
      const etag = headerOf(await expectAlike(service.url, query(queryString)), 'ETag') ?? '';
      expect(etag).toMatch(/^"[^"]+"$/);
      for (const form of [etag, `W/${etag}`, `"x", ${etag}`, `"x",W/${etag} ,"y"`]) {
        const answer = await expectAlike(service.url, query(queryString, `If-None-Match: ${form}`));
        expect(answer).toMatchObject({ statusLine: 'HTTP/1.1 304 Not Modified', body: '' });
        expect(headerOf(answer, 'ETag')).toBe(etag);
      }
    }
  });

  it('on a connection that is kept, many at once in it, in order', async () => {
    const head = (target: string, ...headers: readonly string[]): string =>
      [`GET ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
    const targets = [
      '/api/v1/query',
      '/api/v1/query?settings=nothing',
      '/api/v1/query?settings=color',
      '/api/v1/health',
      '/api/v1/query?settings=',
    ];
    const all = async (...more: readonly string[]): Promise<readonly object[]> => {
      const last = head('/api/v1/query', 'Connection: close', ...more);
      const bytes = await exchange(service.url, targets.map((target) => head(target, ...more)).join('') + last);
      return parseAnswers(
        bytes,
        [...targets, last].map(() => true),
      ).map((answer) => comparable(answer));
    };
    expect(await all()).toEqual(await all(EXPRESS_WAY));
  });
});

it('HEAD gives the headers of GET without the body', async () => {
  for (const headers of [[], ['If-None-Match: *'], ['X-Request-Id: me']]) {
    const got = await ask(service.url, query('settings=color', ...headers));
    const head = await ask(service.url, { ...query('settings=color', ...headers), method: 'HEAD' });
    expect(head.body).toBe('');
    expect(comparable(head)).toEqual({
      ...comparable(got),
      body: '',
    });
  }
});

it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND'])(
  '%s is not answered as GET is',
  async (method) => {
    const answer = await ask(service.url, { method, target: '/api/v1/query?settings=color' });
    expect(answer.statusLine).toMatch(method === 'OPTIONS' ? / (200|204|405) / : / 405 /);
    expect(headerOf(answer, 'Allow')).toBe('GET, HEAD');
    expect(answer.body).not.toContain('default_value');
  },
);

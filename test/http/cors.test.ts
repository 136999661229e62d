import { ask, comparable, EXPRESS_WAY, expectAlike, type Request } from '../support/http/both-ways.js';
import { headerOf, type RawAnswer } from '../support/http/raw-http.js';
import { type Api, useService } from '../support/service/use-service.js';

const HERE = 'https://app.example.com';
const OTHER = 'https://elsewhere.example.com';

const off = useService();
const listed = useService({ HEKSHER_CORS_ORIGINS: `${HERE}, http://localhost:3000` });
const open = useService({ HEKSHER_CORS_ORIGINS: '*' });

const QUERY = '/api/v1/query?settings=';
const PATHS = [
  QUERY,
  '/api/v1/query?settings=nothing',
  '/api/v1/settings',
  '/api/health',
  '/api/nothing',
  '/ofrep/v1/x',
];

function get(api: Api, target: string, origin?: string): Promise<RawAnswer> {
  return ask(api.url(), { target, headers: origin === undefined ? [] : [`Origin: ${origin}`] });
}

function preflight(api: Api, target: string, origin: string, ...headers: readonly string[]): Promise<RawAnswer> {
  const asking = [`Origin: ${origin}`, 'Access-Control-Request-Method: POST', ...headers];
  return ask(api.url(), { method: 'OPTIONS', target, headers: asking });
}

/** What an answer says to browsers, by the lower-case names of its headers. */
function said({ headers }: RawAnswer): Record<string, string> {
  const pairs = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(pairs.filter(([name]) => name === 'vary' || name.startsWith('access-control-')));
}

const EXPOSED = {
  'access-control-expose-headers':
    'Content-Location, ETag, Heksher-As-Of, Heksher-Revision, Heksher-Stale, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
};

describe.each(PATHS)('an answer at %s', (path) => {
  it('says nothing to browsers where the operator names no origins', async () => {
    expect(said(await get(off, path, HERE))).toEqual({});
    expect(said(await get(off, path))).toEqual({});
  });

  it('may be read by pages of the listed origins only, and says that it varies', async () => {
    const allowed = { vary: 'Origin', 'access-control-allow-origin': HERE, ...EXPOSED };
    expect(said(await get(listed, path, HERE))).toEqual(allowed);
    for (const origin of [OTHER, 'null', HERE.toUpperCase(), `${HERE}.evil.com`, undefined]) {
      expect(said(await get(listed, path, origin))).toEqual({ vary: 'Origin' });
    }
  });

  it('may be read by any page where the operator says so, and is the same for all', async () => {
    for (const origin of [OTHER, 'null', undefined]) {
      expect(said(await get(open, path, origin))).toEqual({ 'access-control-allow-origin': '*', ...EXPOSED });
    }
  });

  it('allows the page of a listed origin to send what clients send, when it asks first', async () => {
    const answer = await preflight(listed, path, HERE, 'Access-Control-Request-Headers: authorization, content-type');
    expect(answer).toMatchObject({ statusLine: 'HTTP/1.1 204 No Content', body: '' });
    expect(said(answer)).toEqual({
      vary: 'Origin',
      'access-control-allow-origin': HERE,
      ...EXPOSED,
      'access-control-allow-methods': 'DELETE, GET, HEAD, PATCH, POST, PUT',
      'access-control-allow-headers':
        'Authorization, Content-Type, Heksher-Client, Heksher-If-Revision, Heksher-Message, Heksher-Serving, If-Match, If-None-Match, Last-Event-ID, X-API-Key, X-Request-Id, traceparent, tracestate, baggage',
      'access-control-max-age': '600',
    });
    expect(headerOf(answer, 'X-Request-Id')).toBeDefined();
  });

  it('allows nothing to others that ask first', async () => {
    expect(said(await preflight(listed, path, OTHER))).toEqual({ vary: 'Origin' });
    expect(said(await preflight(off, path, HERE))).toEqual({});
    expect(said(await preflight(open, path, OTHER))).toMatchObject({ 'access-control-allow-origin': '*' });
  });
});

it.each<[Api, string]>([
  [listed, HERE],
  [listed, OTHER],
  [open, OTHER],
])('both ways of a query say the same to a browser (%#)', async (api, origin) => {
  for (const target of PATHS) {
    for (const headers of [[`Origin: ${origin}`], [`Origin: ${origin}`, 'If-None-Match: *'], []]) {
      const request: Request = { target, headers };
      expect(said(await expectAlike(api.url(), request))).toEqual(said(await ask(api.url(), request)));
    }
  }
});

it.each(['/docs', '/openapi.json', '/apis', '/ofreps/v1'])(
  '%s is nothing that pages from elsewhere may read',
  async (path) => {
    expect(said(await get(open, path, OTHER))).not.toHaveProperty('access-control-allow-origin');
    expect(said(await preflight(open, path, OTHER))).toEqual({});
  },
);

it('OPTIONS that is no preflight is answered as without CORS', async () => {
  const request: Request = { method: 'OPTIONS', target: '/api/v1/settings' };
  const plain = comparable(await ask(off.url(), request));
  const shared = await ask(open.url(), request);
  const headers = shared.headers.filter(([name]) => !name.startsWith('Access-Control-'));
  expect(comparable({ ...shared, headers })).toEqual(plain);
});

it('an answer over Express varies once', async () => {
  const { headers } = await ask(listed.url(), { target: QUERY, headers: [`Origin: ${HERE}`] }, EXPRESS_WAY);
  expect(headers.filter(([name]) => name.toLowerCase() === 'vary')).toEqual([['Vary', 'Origin']]);
});

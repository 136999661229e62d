import { request } from 'node:http';
import { type Answer, addFeatures, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
});

const JSON_WANTED = [
  'application/json',
  'application/problem+json',
  'text/html, application/json;q=0.9',
  'Application/JSON',
  '*/*, application/json; q=0.1',
  'application/problem+json;q=1.0',
];
const TEXT_WANTED = [
  undefined,
  '*/*',
  'text/plain',
  'application/*',
  'text/html,*/*;q=0.8',
  'application/json;q=0',
  'application/json;q=0.000, text/plain',
  'application/jsonp',
  '',
];

type Trouble = readonly [
  status: number,
  send: (accept: string | undefined) => Promise<Answer>,
  detail: string,
  code: string,
  place: Readonly<Record<string, string>> | undefined,
];

const TROUBLES: readonly Trouble[] = [
  [
    400,
    (accept) => send(accept, 'GET', '/api/v1/query?context_filters=user:*,user:*'),
    'user',
    'repeated',
    { field: 'context_filters', parameter: 'context_filters' },
  ],
  [
    404,
    (accept) => send(accept, 'GET', '/api/v1/settings/nothing'),
    'nothing',
    'setting_not_found',
    { field: 'name', parameter: 'name' },
  ],
  [404, (accept) => send(accept, 'GET', '/api/v2/nothing'), '/api/v2/nothing', 'no_route', undefined],
  [405, (accept) => send(accept, 'PUT', '/api/v1/settings'), 'PUT', 'method_not_allowed', undefined],
  [
    409,
    (accept) => send(accept, 'DELETE', '/api/v1/context_features/user'),
    "can't be deleted",
    'in_use',
    {
      ...{ field: 'name', parameter: 'name', setting: 'cache_size' },
      message: 'the setting "cache_size" is configured by it',
    },
  ],
  [413, (accept) => send(accept, 'POST', '/api/v1/rules', ' '.repeat(1_048_577)), 'too large', 'too_large', undefined],
];

function send(accept: string | undefined, method: string, path: string, body?: string): Promise<Answer> {
  return api.call(method, path, { body, headers: accept === undefined ? {} : { accept } });
}

describe.each(TROUBLES)('an error %i', (status, trouble, detail, code, place) => {
  it.each(JSON_WANTED)('is problem+json where Accept is %s', async (accept) => {
    const answer = await trouble(accept);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual({
      type: expect.any(String) as unknown,
      title: expect.stringMatching(/\w/) as unknown,
      status,
      code,
      detail: expect.stringContaining(detail) as unknown,
      instance: expect.stringMatching(/^\/api\/v/) as unknown,
      ...(place !== undefined && { errors: [{ message: expect.stringContaining(detail) as unknown, ...place, code }] }),
    });
  });

  it.each(TEXT_WANTED)('is the bare message where Accept is %s', async (accept) => {
    const answer = await trouble(accept);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.text).toContain(detail);
    expect(answer.text).not.toMatch(/^\s*[{<]/);
  });
});

describe('a 404 of no such rule or context feature', () => {
  it.each(['/rules/999', '/context_features/trust', '/rules/search?setting=cache_size&feature_values=user:x'])(
    'GET %s has an empty text, and a detail in JSON',
    async (path) => {
      expect(await api.get(path)).toMatchObject({ status: 404, text: '' });
      const { body } = await api.get(path, { accept: 'application/json' });
      expect(body).toMatchObject({ status: 404, detail: expect.stringMatching(/\w/) as unknown });
    },
  );
});

it.each([...JSON_WANTED, ...TEXT_WANTED])(
  'a 422 is problem+json with its errors where Accept is %s',
  async (accept) => {
    const answer = await send(accept, 'POST', '/api/v1/context_features', '{"context_feature": "no name"}');
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual({
      type: expect.any(String) as unknown,
      title: 'Unprocessable Entity',
      status: 422,
      code: 'malformed',
      detail: expect.stringContaining('no name') as unknown,
      instance: '/api/v1/context_features',
      errors: [
        {
          field: 'context_feature',
          code: 'malformed',
          pointer: '/context_feature',
          message: expect.stringContaining('no name') as unknown,
        },
      ],
    });
  },
);

describe('X-Request-Id', () => {
  it.each(['abc-123', 'a', '7f0c:1/2=3@4+5.6_7', 'x'.repeat(128)])('%s comes back', async (id) => {
    for (const path of ['/api/v1/settings', '/api/v1/settings/nothing', '/nowhere', '/api/health', '/api/v1/query']) {
      const answer = await api.call('GET', path, { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toBe(id);
    }
  });

  it.each(['a b', '<script>', '"x"', 'x'.repeat(129), 'é', ''])('%j is replaced', async (id) => {
    for (const path of ['/api/v1/settings', '/api/v1/query']) {
      const answer = await api.call('GET', path, { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{8,}$/);
    }
  });

  it.each([
    ['GET', '/api/v1/query'],
    ['GET', '/api/v1/query?context_filters=**'],
    ['PUT', '/api/v1/settings'],
    ['POST', '/api/v1/rules'],
    ['GET', '/api/v1/settings/%zz'],
    ['GET', '/docs'],
  ])('%s %s has one of its own each time', async (method, path) => {
    const ids = [await api.call(method, path), await api.call(method, path)].map(({ headers }) =>
      headers.get('x-request-id'),
    );
    expect(ids[0]).toMatch(/^[\w-]{8,}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe('a wrong method', () => {
  it.each([
    ['PUT', '/api/v1/context_features', 'GET, HEAD, POST'],
    ['POST', '/api/v1/context_features/user', 'DELETE, GET, HEAD'],
    ['GET', '/api/v1/context_features/user/index', 'PATCH'],
    ['POST', '/api/v1/settings', 'GET, HEAD'],
    ['PATCH', '/api/v1/settings/cache_size', 'DELETE, GET, HEAD'],
    ['GET', '/api/v1/settings/cache_size/type', 'PUT'],
    ['POST', '/api/v1/settings/cache_size/name', 'PUT'],
    ['DELETE', '/api/v1/settings/cache_size/configurable_features', 'PUT'],
    ['PATCH', '/api/v1/settings/cache_size/metadata', 'DELETE, GET, HEAD, POST, PUT'],
    ['GET', '/api/v1/settings/cache_size/metadata/key', 'DELETE, PUT'],
    ['DELETE', '/api/v1/rules', 'GET, HEAD, POST'],
    ['POST', '/api/v1/rules/1', 'DELETE, GET, HEAD, PATCH, PUT'],
    ['GET', '/api/v1/rules/1/value', 'PUT'],
    ['PATCH', '/api/v1/rules/1/metadata', 'DELETE, GET, HEAD, POST, PUT'],
    ['POST', '/api/v1/rules/1/metadata/key', 'DELETE, PUT'],
    ['POST', '/api/v1/query', 'GET, HEAD'],
    ['DELETE', '/api/v1/query?settings=', 'GET, HEAD'],
    ['POST', '/api/health', 'GET, HEAD'],
  ])('%s %s answers 405 that allows %s', async (method, path, allow) => {
    const answer = await api.unchanged(() => api.call(method, path));
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it('HEAD is served as GET without the body', async () => {
    for (const path of ['/api/v1/settings', '/api/v1/query', '/api/health']) {
      expect(await api.call('HEAD', path)).toMatchObject({ status: 200, text: '' });
    }
    expect((await api.call('HEAD', '/api/v1/settings/nothing')).status).toBe(404);
  });
});

it.each([
  '/api',
  '/API/V1/settings',
  '/api/v1/Settings',
  '/api/v1',
  '/api/v1/',
  '/api/v1/nothing',
  '/api/v1/settings/a/b',
  '/api/v1/rules/1/2/3',
  '/API/v2',
  '/favicon.ico',
])('GET %s is no route: 404', async (path) => {
  const answer = await api.call('GET', path);
  expect(answer.status).toBe(404);
  expect(answer.headers.has('allow')).toBe(false);
});

describe('a path that cannot be decoded answers 422:', () => {
  const paths = [
    'settings/%zz',
    'settings/%',
    'settings/%ff',
    'rules/%e0%a4',
    'context_features/%c3',
    'settings/a/metadata/%ff',
  ];
  it.each(paths)('%s', async (path) => {
    for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'PATCH']) {
      const answer = await api.unchanged(() =>
        api.call(method, `/api/v1/${path}`, { body: method === 'GET' ? undefined : {} }),
      );
      expect([404, 405, 422]).toContain(answer.status);
    }
    const method = path.includes('metadata') ? 'PUT' : 'GET';
    const { status, body } = await api.call(
      method,
      `/api/v1/${path}`,
      method === 'PUT' ? { body: { value: 1, version: '2.0' } } : {},
    );
    expect(body).toMatchObject({ status: 422, errors: [{}] });
    expect(status).toBe(422);
  });
});

it.each([
  '/api/v1/settings/..%2f..',
  '/api/v1/settings/.',
  '/api/v1/query?settings=%ff%fe',
  '/api/v1/query?%zz=%zz&=&&&',
  '/api/v1/query?__proto__=x&constructor=y&settings=',
  '/api/v1/settings?include_additional_data[constructor]=1',
  '/api/v1//settings',
  '//api/v1/settings',
  '/api/v1/settings/',
  '/api/v1/rules/search?setting=constructor&feature_values=__proto__:x',
])('GET %s, sent as it stands, is not answered 500 and tells nothing of the inside', async (path) => {
  const { status, text } = await sendRaw(path);
  expect(status).toBeLessThan(500);
  expect(text).not.toMatch(/node_modules|\.js:\d|at \w+ \(|select |typeorm|pg_|constraint/i);
});

/** A GET whose path no URL parser has touched. */
function sendRaw(path: string): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(api.url());
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method: 'GET' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });
}

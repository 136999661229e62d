import { ask } from '../support/http/both-ways.js';
import { type Api, useService } from '../support/service/use-service.js';

const off = useService();
const listed = useService({ HEKSHER_CORS_ORIGINS: 'https://app.example.com,https://*.example.org' });
const open = useService({ HEKSHER_CORS_ORIGINS: '*' });

const FEATURES = '/api/v1/context_features';

/** The status of a write with these headers, and the context features after it. Its `Host` is localhost. */
async function write(api: Api, ...headers: readonly string[]): Promise<readonly [status: string, features: string[]]> {
  await api.empty();
  const body = '{"context_feature":"user"}';
  const { statusLine } = await ask(api.url(), { method: 'POST', target: FEATURES, headers, body });
  const { body: listed } = await api.get('/context_features');
  return [statusLine.slice(9, 12), (listed as { context_features: string[] }).context_features];
}

const DONE = ['204', ['user']];
const REFUSED = ['403', []];

describe.each([
  ['a page of another site', ['Origin: https://evil.test', 'Sec-Fetch-Site: cross-site']],
  ['a page of a sibling', ['Origin: https://evil.localhost', 'Sec-Fetch-Site: same-site']],
  ['a page without an origin of its own', ['Origin: null', 'Sec-Fetch-Site: cross-site']],
  ['a page in an old browser', ['Origin: https://evil.test']],
  ['a page on another port in an old browser', ['Origin: http://localhost:8081']],
  ['a page without an origin of its own in an old browser', ['Origin: null']],
])('%s', (_who, headers) => {
  it('writes nothing where its origin is not named', async () => {
    expect(await write(off, ...headers)).toEqual(REFUSED);
    expect(await write(listed, ...headers)).toEqual(REFUSED);
  });

  it('writes where any may', async () => {
    expect(await write(open, ...headers)).toEqual(DONE);
  });
});

it.each([
  ['a client that is no browser', []],
  ['a page of ours', ['Origin: http://localhost', 'Sec-Fetch-Site: same-origin']],
  // Its Host is not that of the page.
  ['a page of ours behind a gateway', ['Origin: https://heksher.example.com', 'Sec-Fetch-Site: same-origin']],
  ['a page of ours in an old browser', ['Origin: http://LOCALHOST']],
])('%s writes', async (_who, headers) => {
  expect(await write(off, ...headers)).toEqual(DONE);
  expect(await write(listed, ...headers)).toEqual(DONE);
});

it.each(['https://app.example.com', 'https://a.b.example.org'])(
  'a page of %s, which is named, writes',
  async (origin) => {
    expect(await write(listed, `Origin: ${origin}`, 'Sec-Fetch-Site: cross-site')).toEqual(DONE);
    expect(await write(off, `Origin: ${origin}`, 'Sec-Fetch-Site: cross-site')).toEqual(REFUSED);
  },
);

it('reads of pages elsewhere are answered, for the browser to judge', async () => {
  const headers = ['Origin: https://evil.test', 'Sec-Fetch-Site: cross-site'];
  for (const target of ['/api/v1/query', FEATURES, '/docs']) {
    expect((await ask(off.url(), { target, headers })).statusLine).toContain('200');
  }
});

it.each([
  ['PUT', '/api/v1/rules/1/value'],
  ['PATCH', '/api/v1/rules/1'],
  ['DELETE', '/api/v1/rules/1'],
  ['POST', '/api/v1/evaluate'],
  ['POST', '/ofrep/v1/evaluate/flags'],
  ['POST', '/nothing'],
])('%s %s is refused with what to do, in the shape of its errors', async (method, target) => {
  const headers = ['Origin: https://evil.test', 'Accept: application/json'];
  const { statusLine, body } = await ask(off.url(), { method, target, headers, body: '{"context":{}}' });
  expect(statusLine).toContain(' 403 ');
  const member = target.startsWith('/ofrep') ? 'errorDetails' : 'detail';
  expect(JSON.parse(body)).toMatchObject({ [member]: expect.stringContaining('HEKSHER_CORS_ORIGINS') as unknown });
});

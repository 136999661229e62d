import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { guardedRequest } from './guarded-request.js';
import { parseNoProxy, parseProxy } from './outgoing-proxy.js';
import { Refused, SsrfGuard } from './ssrf-guard.js';

const addresses = [{ address: '93.184.216.34', family: 4 }] as const;

it.each([
  ['', 'https://example.com/', false],
  ['*', 'https://example.com/', true],
  ['example.com', 'https://example.com/', true],
  ['example.com', 'https://hooks.example.com/', true],
  ['example.com', 'https://badexample.com/', false],
  [' other.org , .EXAMPLE.com', 'https://hooks.example.com/', true],
  ['*.example.com', 'https://hooks.example.com/', true],
  ['example.com:8443', 'https://example.com/', false],
  ['example.com:8443', 'https://example.com:8443/', true],
  ['example.com:443', 'https://example.com/', true],
  ['93.184.216.34', 'https://example.com/', true],
  ['93.184.0.0/16,10.0.0.0/8', 'https://example.com/', true],
  ['10.0.0.0/8', 'https://example.com/', false],
])('NO_PROXY=%j: %s goes past the proxy: %s', (list, url, expected) => {
  expect(parseNoProxy(list)(new URL(url), addresses)).toBe(expected);
});

it.each(['proxy:3128', 'socks5://proxy:1080', 'http://:secret@proxy/path', ''])('%j is no proxy', (text) => {
  expect(() => parseProxy(text)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('secret') as unknown }) as Error,
  );
});

describe('through a proxy', () => {
  const asked: { to: string | undefined; authorization: string | undefined }[] = [];
  const server = createServer().on('connect', ({ url, headers }, client) => {
    asked.push({ to: url, authorization: headers['proxy-authorization'] });
    client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  const hosts: Readonly<Record<string, readonly { address: string; family: 4 | 6 }[]>> = {
    'public.example': [
      { address: '2606:2800:220:1::1', family: 6 },
      { address: '93.184.216.34', family: 4 },
    ],
    'inside.example': [{ address: '169.254.169.254', family: 4 }],
  };
  const guard = new SsrfGuard(undefined, (host) => Promise.resolve(hosts[host] ?? []));
  const send = (url: string) => {
    const proxy = parseProxy(`http://user:p%40ss@127.0.0.1:${(server.address() as AddressInfo).port}`);
    const out = { guard, proxy: { url: () => proxy, isFor: () => true } };
    return guardedRequest(out, new URL(url), { method: 'POST', headers: {}, signal: AbortSignal.timeout(60_000) });
  };
  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => void server.close());
  beforeEach(() => (asked.length = 0));

  it('it is told the addresses that were looked at, never a name, and what it answers is the problem', async () => {
    await expect(send('https://public.example:8443/x')).rejects.toThrow(
      'the proxy could not be used: it answered 403 to CONNECT [2606:2800:220:1::1]:8443',
    );
    const authorization = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(asked).toEqual([
      { to: '93.184.216.34:8443', authorization },
      { to: '[2606:2800:220:1::1]:8443', authorization },
    ]);
  });

  it.each(['https://inside.example/', 'https://127.0.0.1/', 'https://[::ffff:10.0.0.1]/', 'https://nowhere.example/'])(
    'it is not told of %s at all',
    async (url) => {
      await expect(send(url)).rejects.toThrow(Refused);
      expect(asked).toEqual([]);
    },
  );
});

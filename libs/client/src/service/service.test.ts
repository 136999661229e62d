import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { retryAfterOf } from '../errors.js';
import { checkOptions, type ClientOptions } from '../options.js';
import { connect, type Send } from './service.js';
import { retryAfterMs, unexpectedAnswer } from './unexpected-answer.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

async function listen(handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const sendTo = (options: ClientOptions) => connect(checkOptions(options), new AbortController().signal).send;

it('no request is answered from a cache of fetch, such as that of Next.js', async () => {
  const sent: (RequestInit & { cache?: string })[] = [];
  const fake: typeof fetch = (_, init) => {
    sent.push(init ?? {});
    return Promise.resolve(new Response('{}'));
  };
  const send = sendTo({ url: 'http://service', fetch: fake });
  await send('/query');
  await send('/settings/declare', { method: 'POST', body: '{}' });
  expect(sent.map(({ method, cache }) => [method, cache])).toEqual([
    ['GET', 'no-store'],
    ['POST', 'no-store'],
  ]);
});

it('what Next.js throws to learn that a page is dynamic reaches it as it is', async () => {
  const dynamic = Object.assign(new Error('Dynamic server usage'), { digest: 'DYNAMIC_SERVER_USAGE' });
  const send = sendTo({ url: 'http://service', fetch: () => Promise.reject(dynamic) });
  await expect(send('/query')).rejects.toBe(dynamic);
});

describe('a kept connection that has died', () => {
  /** A service that ends a connection when the second request on it comes, as one that waited too long has done. */
  async function dying(): Promise<{ send: Send; seen: string[] }> {
    const seen: string[] = [];
    const used = new WeakSet<object>();
    const url = await listen((request, response) => {
      seen.push(request.method ?? '');
      request.resume();
      if (used.has(request.socket)) return void request.socket.destroy();
      used.add(request.socket);
      request.on('end', () => response.end('{}'));
    });
    const send = sendTo({ url });
    await send('/query');
    // fetch takes a moment until it uses a connection again.
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { send, seen };
  }

  it('does not fail a GET, which is sent once more', async () => {
    const { send, seen } = await dying();
    await expect(send('/query')).resolves.toMatchObject({ status: 200, text: '{}' });
    expect(seen).toEqual(['GET', 'GET', 'GET']);
  });

  it('fails a POST, which may have been carried out', async () => {
    const { send, seen } = await dying();
    await expect(send('/settings/declare', { method: 'POST', body: '{}' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(seen).toEqual(['GET', 'POST']);
  });

  it('fails a GET that fails again', async () => {
    const seen: string[] = [];
    const url = await listen((request) => {
      seen.push(request.method ?? '');
      request.socket.destroy();
    });
    await expect(sendTo({ url })('/query')).rejects.toThrow(
      /^GET .*\/api\/v1\/query: fetch failed: other side closed$/,
    );
    expect(seen).toEqual(['GET', 'GET']);
  });
});

describe('an answer that is not what was requested', () => {
  it('names the service that a redirect leads to', async () => {
    const target = await listen((_, response) => void response.writeHead(404).end('gone'));
    const url = await listen((request, response) => {
      response.writeHead(302, { location: `${target}/login${request.url}` }).end();
    });
    const answer = await sendTo({ url })('/settings/declare', { method: 'POST', body: '{}' });
    expect(unexpectedAnswer('declaring "size"', answer).message).toBe(
      `declaring "size": the service answered 404 (gone); ${url}/api/v1/settings/declare redirects to ` +
        `${target}/login/api/v1/settings/declare: give that service as "url"`,
    );
  });

  it('says where "url" ends when nothing is found there', async () => {
    const url = await listen((_, response) => void response.writeHead(404).end('<h1>Not Found</h1>'));
    const answer = await sendTo({ url: `${url}/wrong` })('/context_features');
    expect(unexpectedAnswer('asking', answer).message).toBe(
      'asking: the service answered 404 (<h1>Not Found</h1>); ' +
        `there may be no Heksher at ${url}/wrong/api/v1/context_features: "url" is what comes before /api/v1`,
    );
  });

  it('knows how long the service asks to be left alone', async () => {
    const url = await listen((_, response) => void response.writeHead(503, { 'retry-after': '7' }).end());
    expect(retryAfterOf(unexpectedAnswer('asking', await sendTo({ url })('/query')))).toBe(7_000);
  });
});

it.each([
  [null, 0],
  ['0', 0],
  ['120', 120_000],
  ['Thu, 01 Jan 1970 00:00:12 GMT', 2_000],
  ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ['99999999999', 3_600_000],
  ['soon', 0],
  ['-5', 0],
])('Retry-After: %s, ten seconds after the epoch, is a pause of %d ms', (header, ms) => {
  expect(retryAfterMs(header, 10_000)).toBe(ms);
});

it.each([
  ['http://me:secret@host', /^"url" has credentials; give them as authorization/],
  ['http://me@host', /^"url" has credentials/],
  ['http://host/?token=secret', /^"url" has a query or a fragment; accepted: up to the path/],
  ['http://host/#secret', /^"url" has a query or a fragment/],
  ['me:secret//host', /^"me:secret\/\/host" is no URL/],
  ['ftp://me:sec@ret@host', /^"ftp:\/\/…@host" is no URL/],
  [undefined as never, /^"undefined" is no URL of a service; accepted: such as/],
])('refuses %s as a url, without a word of what is secret in it', (url, message) => {
  expect(() => sendTo({ url })).toThrow(message);
  if (url?.includes('//host') === false) expect(() => sendTo({ url })).not.toThrow(/secret/);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { noApache, noNginx, startApache, startNginx, type WebServer } from '../support/http/web-servers.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { addFeatures, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const KEEP_ALIVE_S = 3;
const api = useService({ HEKSHER_KEEP_ALIVE_S: String(KEEP_ALIVE_S) });
beforeAll(async () => {
  await addFeatures(api.call, 'user');
  for (let index = 0; index < 100; index += 1) {
    await declare(api.call, { name: `setting_${index}`, configurable_features: ['user'] });
  }
});

const QUERY = '/api/v1/query';

describe.each([
  { name: 'nginx', reason: noNginx, start: () => startNginx(api.url(), KEEP_ALIVE_S - 1) },
  { name: 'Apache', reason: noApache, start: () => startApache(api.url()) },
])('behind $name', ({ reason, start }) => {
  describeUnless(reason)('a service', () => {
    let server: WebServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.stop());

    const get = (path: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
      fetch(server.url + path, { headers });

    it.each(['gzip', 'br', 'identity'])('with the tag that came with %s gets a 304', async (encoding) => {
      const asked = { 'accept-encoding': encoding };
      const first = await get(QUERY, asked);
      expect(first.status).toBe(200);
      await first.text();
      const etag = first.headers.get('etag') ?? '';
      expect((await get(QUERY, { ...asked, 'if-none-match': etag })).status).toBe(304);
      expect((await get(QUERY, { 'accept-encoding': 'identity', 'if-none-match': etag })).status).toBe(304);
    });

    it('also where it compresses a short answer itself, and marks the tag', async () => {
      const path = `${QUERY}?settings=setting_1,setting_2,setting_3`;
      const first = await get(path, { 'accept-encoding': 'gzip' });
      expect(first.headers.get('content-encoding')).toBe('gzip');
      expect(Object.keys(((await first.json()) as { settings: object }).settings)).toHaveLength(3);
      const etag = first.headers.get('etag') ?? '';
      const ours = (await fetch(api.url() + path)).headers.get('etag');
      expect(etag).not.toBe(ours);
      expect((await get(path, { 'accept-encoding': 'gzip', 'if-none-match': etag })).status).toBe(304);
    });

    it('a long answer arrives whole in each encoding', async () => {
      const plain: unknown = await (await fetch(api.url() + QUERY)).json();
      for (const encoding of ['gzip', 'br', 'identity']) {
        const response = await fetch(server.url + QUERY, { headers: { 'accept-encoding': encoding } });
        expect(await response.json()).toEqual(plain);
      }
    });

    it('its documents and its root are served below a prefix', async () => {
      for (const path of ['/', '/docs', '/openapi.json', '/docs/swagger-ui.css']) {
        const response = await fetch(`${server.url}/settings${path}`);
        expect(response.status).toBe(200);
        expect(response.url).toBe(`${server.url}/settings${path === '/' ? '/console' : path}`);
      }
    });

    it('a page that it serves may write, since the page asks the same host', async () => {
      const headers = { origin: server.url };
      const body = JSON.stringify({ context: {} });
      expect((await fetch(`${server.url}/api/v1/evaluate`, { method: 'POST', headers, body })).status).toBe(200);
      const foreign = { origin: 'https://evil.test' };
      expect((await fetch(`${server.url}/api/v1/evaluate`, { method: 'POST', headers: foreign, body })).status).toBe(
        403,
      );
    });
  });
});

/** HEKSHER_TEST_POSTS asks for more of them; the bar is none of 10 000. */
const POSTS = Number(process.env['HEKSHER_TEST_POSTS'] ?? 200);
const AT_ONCE = Math.min(POSTS, 100);

describeUnless(noNginx)('POSTs behind nginx, whose connections are idle in between', () => {
  it(
    'are never answered 502, however close the pauses are to the time that nginx keeps connections',
    async () => {
      const idleS = KEEP_ALIVE_S - 1;
      const server = await startNginx(api.url(), idleS);
      const statuses = new Map<number, number>();
      const post = async (): Promise<void> => {
        const { status } = await fetch(`${server.url}/api/v1/evaluate`, { method: 'POST', body: '{"context":{}}' });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      };
      for (let sent = 0; sent < POSTS; sent += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, post));
        await sleep(idleS * 1_000 - 100 + Math.random() * 200);
      }
      await server.stop();
      expect([...statuses]).toEqual([[200, Math.ceil(POSTS / AT_ONCE) * AT_ONCE]]);
    },
    POSTS * 60 + 30_000,
  );
});

import { readFile } from 'node:fs/promises';
import { noNginx, startNginx, type WebServer } from '../support/http/web-servers.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { startTestService, type TestService } from '../support/service/service.js';

/** As an API gateway does it: it checks a key of its own, takes it away, and names whose it is; what clients say of that is replaced. */
const LOCATIONS = `
  location /settings/ {
    if ($http_authorization != "Bearer key-of-the-gateway") { return 401; }
    proxy_set_header Authorization "";
    proxy_set_header X-Consumer-Username ana;
    proxy_set_header X-Consumer-Scopes "heksher:read heksher:write";
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Prefix /settings;
    proxy_pass http://heksher/;
  }`;

describeUnless(noNginx)('an API gateway that checks who asks', () => {
  let service: TestService;
  let gateway: WebServer;
  beforeAll(async () => {
    service = await startTestService({
      HEKSHER_AUTH: 'on',
      HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1',
      HEKSHER_FORWARDED: 'x-forwarded-for',
      HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-Consumer-Username',
      HEKSHER_GATEWAY_SCOPES_HEADER: 'X-Consumer-Scopes',
    });
    gateway = await startNginx(service.url, 60, LOCATIONS);
  });
  afterAll(async () => {
    await gateway.stop();
    await service.stop();
  });

  const post = (path: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`${gateway.url}/settings/api/v1${path}`, { method: 'POST', headers, body: '{"context_feature":"user"}' });

  it('names them, with their scopes, whatever they say of themselves', async () => {
    const said = { 'X-Consumer-Username': 'root', 'X-Consumer-Scopes': 'heksher:admin' };
    expect((await post('/context_features', said)).status).toBe(401);
    const given = { ...said, Authorization: 'Bearer key-of-the-gateway' };
    expect((await post('/keys', given)).status).toBe(403);
    expect((await post('/context_features', given)).status).toBe(204);
    const [last] = await service.database.sql(
      `select c.actor from heksher_changes c where c."table" = 'context_features' order by c.id desc limit 1`,
    );
    expect(last).toEqual({ actor: 'ana' });
  });
});

describeUnless(noNginx)('nginx in front, as the documents have it', () => {
  it('takes the prefix away, says where clients are, and passes on nothing that they say of themselves', async () => {
    const text = await readFile(new URL('../../docs/gateways.md', import.meta.url), 'utf8');
    const [location = ''] = /^ {2}location \/settings\/ \{[^}]*\}/m.exec(text) ?? [];
    const service = await startTestService({
      HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1',
      HEKSHER_FORWARDED: 'x-forwarded-for',
      HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-Consumer-Username',
      // All have the same one, whatever they say.
      HEKSHER_RATE_LIMIT_PER_ADDRESS: '3/h',
    });
    const gateway = await startNginx(service.url, 60, location);
    const get = (client: string): Promise<Response> =>
      fetch(`${gateway.url}/settings/api/v1/whoami`, {
        headers: { 'X-Consumer-Username': 'root', 'X-Forwarded-For': client },
      });
    expect(await (await get('192.0.2.1')).json()).toMatchObject({ subject: null });
    const { headers } = await fetch(`${gateway.url}/settings/`, { redirect: 'manual' });
    expect(headers.get('location')).toMatch(/^\/settings\/\w+$/);
    expect([(await get('192.0.2.2')).status, (await get('192.0.2.3')).status]).toEqual([200, 429]);
    await gateway.stop();
    await service.stop();
  });
});

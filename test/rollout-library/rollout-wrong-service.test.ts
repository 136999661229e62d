import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { isNativeError } from 'node:util/types';
import { HeksherBackend, Rollout, RolloutError } from '@heksher/rollout';
import { addFeatures } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeAll(() => addFeatures(api.call, 'user'));

const CALLS: Readonly<Record<string, (rollout: Rollout) => Promise<unknown>>> = {
  'a check': (rollout) => rollout.isEnabled('a', 'ann'),
  'a check without an id': (rollout) => rollout.isEnabled('a'),
  'adding one': (rollout) => rollout.addFunc('a'),
  'the list': (rollout) => rollout.functionalities(),
  registering: (rollout) => rollout.register('a', 'ann'),
};

/** What each of the calls fails with at this address. */
async function faultsOf(url: string): Promise<readonly RolloutError[]> {
  const faults: RolloutError[] = [];
  for (const [what, call] of Object.entries(CALLS)) {
    const rollout = new Rollout(new HeksherBackend({ url, timeoutMs: 1_000 }));
    const error: unknown = await call(rollout).then(
      (answer) => `${what} is answered: ${JSON.stringify(answer)}`,
      (reason: unknown) => reason,
    );
    if (!(error instanceof RolloutError)) throw new Error(String(error));
    expect({ what, code: error.code }).toEqual({ what, code: 'unavailable' });
    expect(error.message).toContain(`the service at ${url.replace(/\/$/, '')}/api/v1 cannot be used: `);
    faults.push(error);
  }
  return faults;
}

async function faultsAt(listener: RequestListener, path = ''): Promise<readonly RolloutError[]> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await faultsOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('HeksherBackend says what is wrong with the address of the service:', () => {
  it('the host', async () => {
    for (const { message, cause } of await faultsOf('http://nowhere.invalid')) {
      expect(message).toContain('ENOTFOUND');
      expect(isNativeError(cause)).toBe(true);
    }
  });

  it('the port', async () => {
    for (const { message, cause } of await faultsOf('http://127.0.0.1:1/')) {
      expect(message).toMatch(/ECONNREFUSED|bad port/);
      expect(isNativeError(cause)).toBe(true);
    }
  });

  it('a path below the service that is not its own', async () => {
    for (const { message } of await faultsOf(`${api.url()}/somewhere`)) {
      expect(message).toMatch(
        /what answers there is not a Heksher: 404 to (GET|POST) .*the url must be where a Heksher is/,
      );
    }
  });

  it.each<[what: string, status: number, type: string, body: string]>([
    ['a page of a proxy', 200, 'text/html', '<html>Sign in</html>'],
    ['a page that is not found', 404, 'text/html', '<html>Not found</html>'],
    ['nothing', 200, 'text/plain', ''],
    ['JSON of another service', 200, 'application/json', '{"ok":true}'],
    ['a list', 200, 'application/json', '[]'],
    ['JSON that is not found', 404, 'application/json', '{"statusCode":404,"message":"Cannot POST"}'],
    ['JSON that is not taken', 422, 'application/json', '{"detail":[]}'],
  ])('%s', async (_, status, type, body) => {
    const faults = await faultsAt((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    for (const { message } of faults.slice(0, 4)) expect(message).toContain('what answers there is not a Heksher');
  });

  it.each([401, 403, 429, 500, 502, 503])('a gateway that answers %d', async (status) => {
    const faults = await faultsAt((_request, response) => response.writeHead(status).end('<html>no</html>'));
    for (const { message } of faults) expect(message).toMatch(new RegExp(`it answers ${status} to .*<html>no</html>`));
  });

  it.each([301, 302, 307, 308])('a redirect by %d, and where to', async (status) => {
    const location = 'https://elsewhere.example.com/api/v1/evaluate';
    const faults = await faultsAt((_request, response) => response.writeHead(status, { location }).end());
    for (const { message } of faults) expect(message).toContain(`it redirects (${status}) to "${location}"`);
  });

  it('one that says nothing, or breaks off', async () => {
    for (const { message } of await faultsAt(() => undefined)) expect(message).toContain('nothing came within 1000 ms');
    const faults = await faultsAt((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"settings"');
      setTimeout(() => response.destroy(), 20);
    });
    for (const { message, cause } of faults) expect([message, cause]).not.toContain(undefined);
  }, 120_000);

  it('checks answer as they are asked to', async () => {
    const backend = new HeksherBackend({ url: `${api.url()}/somewhere` });
    const seen: string[] = [];
    const noting = (error: RolloutError) => seen.push(error.message) > 0;
    expect(await new Rollout(backend, { onError: 'disabled' }).isEnabled('a', 'ann')).toBe(false);
    expect(await new Rollout(backend, { onError: noting }).isEnabled('a', 'ann')).toBe(true);
    expect(seen).toEqual([expect.stringContaining('not a Heksher')]);
  });

  it('what is not there in a right one is no fault', async () => {
    const rollout = new Rollout(new HeksherBackend({ url: `${api.url()}/` }));
    expect(await rollout.isEnabled('nothing', 'ann')).toBe(false);
    expect(await rollout.isEnabled('nothing')).toBe(false);
  });
});

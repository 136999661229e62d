import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { isNativeError } from 'node:util/types';
import { RedisBackend, RedisHighPerfBackend, Rollout, RolloutError } from '@heksher/rollout';
import { describeUnless, noRedisServer, type RedisServer, startRedis, WITH_TLS } from '../support/rollouts/redis.js';

const PASSWORD = 'right-password';

describeUnless(noRedisServer).each([
  ['RedisBackend', RedisBackend],
  ['RedisHighPerfBackend', RedisHighPerfBackend],
])('%s says what is wrong with the address of Redis:', (_, Backend) => {
  let servers: Readonly<Record<'plain' | 'locked' | 'secure', RedisServer>>;
  beforeAll(async () => {
    const [plain, locked, secure] = await Promise.all([
      startRedis(),
      startRedis((port) => ['--port', String(port), '--requirepass', PASSWORD]),
      startRedis(WITH_TLS),
    ]);
    servers = { plain, locked, secure };
  });
  afterAll(() => Promise.all(Object.values(servers).map((server) => server.end())));

  /** What a check fails with, each time. */
  async function faultOf(url: string): Promise<RolloutError> {
    const rollout = new Rollout(new Backend({ url, timeoutMs: 1_000 }));
    try {
      const errors: unknown[] = [];
      for (let round = 0; round < 2; round += 1)
        await rollout.isEnabled('a', 'ann').catch((error) => errors.push(error));
      const [first, second] = errors;
      if (!(first instanceof RolloutError && second instanceof RolloutError)) throw new Error('it has answered');
      expect([first.code, second.code]).toEqual(['unavailable', 'unavailable']);
      expect(isNativeError(first.cause)).toBe(true);
      expect(first.message).not.toContain(PASSWORD);
      return first;
    } finally {
      await rollout.close();
    }
  }

  it('the password', async () => {
    const wrong = await faultOf(servers.locked.url.replace('//', '//:wrong@'));
    expect(wrong.message).toMatch(/^Redis at 127\.0\.0\.1:\d+ cannot be used: it refuses the user or password/);
    expect(wrong.message).not.toContain('wrong@');
    expect((await faultOf(servers.locked.url)).message).toContain('it wants a password, and the url has none');
  });

  it('the database', async () => {
    const { message } = await faultOf(`${servers.plain.url}/99`);
    expect(message).toContain('it has no database of that number');
  });

  it('the port', async () => {
    expect((await faultOf('redis://127.0.0.1:1')).message).toContain(
      '127.0.0.1:1 cannot be used: nothing listens on that port',
    );
  });

  it('the host', async () => {
    expect((await faultOf('redis://nowhere.invalid')).message).toContain('the name of the host is not known');
  });

  it('TLS where there is none, none where it is wanted, and a certificate that is not trusted', async () => {
    expect((await faultOf(servers.plain.url.replace('redis:', 'rediss:'))).message).toContain('it does not speak TLS');
    expect((await faultOf(servers.secure.url)).message).toContain(
      'where it wants TLS, the url begins with "rediss://"',
    );
    const untrusted = await faultOf(servers.secure.url.replace('redis:', 'rediss:'));
    expect(untrusted.message).toContain('its certificate is not trusted here');
  });

  it('a server that is not a Redis', async () => {
    const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { message } = await faultOf(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(message).toMatch(/what answers there is not a Redis|it closed the connection/);
    server.close();
  });

  it('a right address is used', async () => {
    const rollout = new Rollout(new Backend({ url: servers.locked.url.replace('//', `//:${PASSWORD}@`).concat('/3') }));
    await rollout.addFunc('a', { percentage: 0 });
    await rollout.register('a', 'ann');
    expect(await rollout.isEnabled('a', 'ann')).toBe(true);
    await rollout.close();
  });
});

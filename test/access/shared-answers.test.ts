import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { INTROSPECTOR, TestProvider } from '../support/access/provider.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import {
  type Client,
  connectTo,
  describeUnless,
  noRedisServer,
  type RedisServer,
  startRedis,
} from '../support/rollouts/redis.js';
import { type Answer, startTestService, type TestService } from '../support/service/service.js';

const PREFIX = 'heksher:introspection:';

describeUnless(noRedisServer)('what issuers say of tokens, shared in Redis', () => {
  let provider: TestProvider;
  let redis: RedisServer;
  let client: Client;
  let database: TestDatabase;
  const started: TestService[] = [];

  beforeAll(async () => {
    provider = await TestProvider.start();
    redis = await startRedis();
    client = await connectTo(redis.url);
    database = await createDatabase();
  });
  beforeEach(async () => {
    provider.mood = 'well';
    await client.flushAll();
  });
  afterEach(async () => {
    for (const service of started.splice(0)) await service.stop();
  });
  afterAll(async () => {
    client.destroy();
    await redis.end();
    await database.drop();
    provider.stop();
  });

  /** A replica, which has asked about nothing yet; it is connected to Redis where that is there. */
  async function replica(env: Readonly<Record<string, string>> = {}): Promise<TestService> {
    const clients = async (): Promise<number> =>
      (await client.sendCommand<string>(['CLIENT', 'LIST'])).split('\n').length;
    const before = client.isReady ? await clients() : 0;
    const service = await startTestService({ ...provider.env, HEKSHER_REDIS_URL: redis.url, ...env }, database);
    started.push(service);
    if (env['HEKSHER_REDIS_URL'] === undefined && client.isReady)
      while ((await clients()) <= before) await new Promise((resolve) => setTimeout(resolve, 10));
    return service;
  }

  const query = (token: string, at: TestService): Promise<Answer> =>
    at.call('GET', '/api/v1/query', { headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' } });

  /** What Redis holds of a token that this replica has been asked with, once it is there. */
  async function keyOf(token: string, at: TestService): Promise<string> {
    const before = new Set(await client.keys(`${PREFIX}*`));
    expect((await query(token, at)).status).toBe(200);
    for (;;) {
      const [key] = (await client.keys(`${PREFIX}*`)).filter((one) => !before.has(one));
      if (key !== undefined) return key;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  test('one replica asks, and others know, for at most a minute; Redis has no token', async () => {
    const [one, other] = [await replica(), await replica()];
    const token = await provider.ofMachine('opaque-machine');
    const before = provider.introspections;
    const key = await keyOf(token, one);
    expect((await query(token, other)).status).toBe(200);
    expect(provider.introspections - before).toBe(1);
    expect(await client.pTTL(key)).toBeLessThanOrEqual(60_000);
    const all = `${key} ${await client.get(key)}`;
    const hash = createHash('sha256').update(token);
    for (const secret of [token, hash.copy().digest('hex'), hash.copy().digest('base64'), INTROSPECTOR.secret])
      expect(all).not.toContain(secret);
    expect((await query('x'.repeat(43), one)).status).toBe(401);
    expect(await client.dbSize()).toBe(1);
  });

  test('what was found in Redis holds no longer than where it was asked', async () => {
    const [one, other] = [await replica(), await replica()];
    const token = await provider.ofMachine('opaque-machine');
    const key = await keyOf(token, one);
    const kept = (await client.get(key)) ?? '';
    await provider.revoke(token, 'opaque-machine');
    expect((await query(token, other)).status).toBe(200);
    const real = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => real() + 60_000);
    try {
      // As if Redis had forgotten its time.
      await client.set(key, kept);
      expect((await query(token, other)).status).toBe(401);
      expect((await query(token, await replica())).status).toBe(401);
    } finally {
      clock.mockRestore();
    }
  });

  test('what nobody of ours has written, or of another token, is as good as nothing', async () => {
    const one = await replica();
    const admin = await provider.ofMachine('opaque-machine', { scope: 'heksher:admin' });
    const nobody = await provider.ofMachine('opaque-machine', { scope: 'heksher:evaluate' });
    const adminKey = await keyOf(admin, one);
    expect((await query(nobody, one)).status).toBe(403);
    const nobodyKey = (await client.keys(`${PREFIX}*`)).find((key) => key !== adminKey) ?? '';
    const kept = (await client.get(adminKey)) ?? '';
    const forged = {
      active: true,
      scope: 'heksher:admin',
      sub: 'root',
      aud: provider.env['HEKSHER_OAUTH_AUDIENCE'],
      iss: provider.url,
    };
    const content = JSON.stringify({ text: JSON.stringify(forged), atMs: Date.now() });
    const values = [
      '',
      '{}',
      'x'.repeat(1_000_000),
      kept.slice(1),
      `${kept} `,
      content,
      `${'A'.repeat(43)}${content}`,
      kept.slice(0, 43) + content,
      kept,
    ];
    for (const value of values) {
      await client.set(nobodyKey, value);
      expect([value.slice(0, 60), (await query(nobody, await replica())).status]).toEqual([value.slice(0, 60), 403]);
    }
    for (const command of [
      ['LPUSH', 'x'],
      ['HSET', 'a', 'b'],
      ['SADD', 'x'],
    ] as const) {
      await client.del(nobodyKey);
      await client.sendCommand([command[0], nobodyKey, ...command.slice(1)]);
      expect([command, (await query(nobody, await replica())).status]).toEqual([command, 403]);
    }
  });

  test('another client of the issuer, or another issuer, is not told', async () => {
    const one = await replica();
    const token = await provider.ofMachine('opaque-machine');
    await keyOf(token, one);
    const [other, before] = [
      await replica({ HEKSHER_INTROSPECTION_CLIENT_ID: 'machine', HEKSHER_INTROSPECTION_CLIENT_SECRET: 'secret' }),
      provider.introspections,
    ];
    expect((await query(token, other)).status).toBe(200);
    expect(provider.introspections - before).toBe(1);
    const impostor = await replica({ HEKSHER_INTROSPECTION_CLIENT_SECRET: 'wrong' });
    expect((await query(token, impostor)).status).toBe(503);
  });

  test('a Redis that hangs makes one request slower, and none wrong', async () => {
    const one = await replica();
    const tokens = await Promise.all(Array.from({ length: 5 }, () => provider.ofMachine('opaque-machine')));
    redis.pause();
    try {
      for (const token of tokens) expect((await query(token, one)).status).toBe(200);
      expect((await query('x'.repeat(43), one)).status).toBe(401);
    } finally {
      redis.resume();
    }
  });

  test('a Redis that is away, from the start or later, is done without, and used again when it is back', async () => {
    const away = await replica({ HEKSHER_REDIS_URL: 'redis://127.0.0.1:9' });
    const one = await replica();
    await redis.stop();
    for (const at of [away, one]) {
      expect((await query(await provider.ofMachine('opaque-machine'), at)).status).toBe(200);
      expect((await query('x'.repeat(43), at)).status).toBe(401);
    }
    await redis.start();
    for (;;) {
      expect((await query(await provider.ofMachine('opaque-machine'), one)).status).toBe(200);
      if (client.isReady && (await client.dbSize()) > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
});

import { createServer, type Server, type Socket } from 'node:net';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type Client, connectTo, describeUnless, noRedisServer, startRedis } from '../support/rollouts/redis.js';
import { type RedisServer } from '../support/rollouts/redis.js';
import { startTestService, type TestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';

const GATEWAY = { HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1', HEKSHER_FORWARDED: 'x-forwarded-for' };
const RATE = { HEKSHER_RATE_LIMIT_PER_ADDRESS: '5/h' };
const HOUR_MS = 3_600_000;

describeUnless(noRedisServer)('rates that replicas share in Redis', () => {
  let redis: RedisServer;
  let client: Client;
  let database: TestDatabase;
  const started: TestService[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    client = await connectTo(redis.url);
    database = await createDatabase();
  });
  afterEach(async () => {
    for (const service of started.splice(0)) await service.stop();
    await client.flushAll();
  });
  afterAll(async () => {
    client.destroy();
    await redis.end();
    await database.drop();
  });

  const connections = async (): Promise<number> =>
    (await client.sendCommand<string>(['CLIENT', 'LIST'])).trim().split('\n').length;

  /** Connected to Redis, unless another is given. */
  async function replica(url?: string): Promise<TestService> {
    const before = await connections();
    const service = await startTestService({ ...GATEWAY, ...RATE, HEKSHER_REDIS_URL: url ?? redis.url }, database);
    started.push(service);
    if (url === undefined) await until('the replica is connected', async () => (await connections()) > before);
    return service;
  }

  /** By bare requests: others would count, too. */
  const ask = (service: TestService, from: string): Promise<Response> =>
    fetch(`${service.url}/api/v1/query`, { headers: { 'X-Forwarded-For': from } });

  async function statuses(service: TestService, count: number, from: string): Promise<readonly number[]> {
    const found: number[] = [];
    for (let index = 0; index < count; index += 1) found.push((await ask(service, from)).status);
    return found;
  }

  /** The key of the only bucket, when it holds as much as was taken. */
  async function bucketOf(count: number): Promise<string> {
    let found: string | undefined;
    await until('what was taken is in Redis', async () => {
      const [key] = await client.keys('heksher:rate:*');
      const leftMs = Number(key === undefined ? 0 : await client.get(key)) - Date.now();
      if (leftMs > ((count - 0.5) / 5) * HOUR_MS) found = key;
      return found !== undefined;
    });
    return found ?? '';
  }

  test('what one replica lets through, another counts, and no name is in Redis', async () => {
    const [one, other] = [await replica(), await replica()];
    expect(await statuses(one, 3, '192.0.2.1')).toEqual([200, 200, 200]);
    const key = await bucketOf(3);
    expect(key).toMatch(/^heksher:rate:[0-9a-f]{64}$/);
    expect(await client.pTTL(key)).toBeLessThanOrEqual(HOUR_MS + 2);
    expect(await statuses(other, 3, '192.0.2.1')).toEqual([200, 200, 429]);
    await bucketOf(5);
    // What is known here is corrected a moment later, also of those who go on asking.
    await until('the first one has heard', async () => (await statuses(one, 1, '192.0.2.1'))[0] === 429);
    expect(await statuses(other, 1, '192.0.2.2')).toEqual([200]);
  });

  test.each(['rubbish', 'nan', '-inf', ''])('the bucket %j in Redis is a full one', async (odd) => {
    const one = await replica();
    await statuses(one, 1, '192.0.2.1');
    const key = await bucketOf(1);
    const other = await replica();
    await client.set(key, odd);
    expect(await statuses(other, 6, '192.0.2.1')).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('a bucket that is no text is a full one, and one that is empty for ever is empty for its window', async () => {
    const one = await replica();
    await statuses(one, 1, '192.0.2.1');
    const key = await bucketOf(1);
    await client.del(key);
    await client.lPush(key, 'x');
    expect(await statuses(await replica(), 6, '192.0.2.1')).toEqual([200, 200, 200, 200, 200, 429]);
    await client.set(key, 'inf');
    const third = await replica();
    const refused = await ask(third, '192.0.2.1');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(HOUR_MS / 1_000);
  });

  test('a Redis that is away, or says nothing, leaves each replica to count for itself', async () => {
    const sockets = new Set<Socket>();
    const mute: Server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as { port: number };
    const refused = [200, 200, 200, 200, 200, 429];
    expect(await statuses(await replica(`redis://127.0.0.1:${port}`), 6, '192.0.2.1')).toEqual(refused);
    expect(await statuses(await replica('redis://127.0.0.1:1'), 6, '192.0.2.1')).toEqual(refused);
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  test('a Redis that stops answering is done without', async () => {
    const service = await replica();
    expect(await statuses(service, 1, '192.0.2.1')).toEqual([200]);
    await bucketOf(1);
    await client.sendCommand(['CLIENT', 'PAUSE', '3000', 'ALL']);
    expect(await statuses(service, 5, '192.0.2.1')).toEqual([200, 200, 200, 200, 429]);
    expect(await statuses(service, 6, '192.0.2.9')).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

import { CloudEvent } from 'cloudevents';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import {
  type Client,
  connectTo,
  describeUnless,
  noRedisServer,
  type RedisServer,
  startRedis,
} from '../support/rollouts/redis.js';
import { spawnService } from '../support/service/process.js';
import { addFeatures, type Call, declare, expectStatus, startTestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';

const STREAM = 'changes of a test';
let written = 0;

/** Rules, each in a transaction of its own. @returns the revisions that they left */
async function write(call: Call, count: number): Promise<readonly string[]> {
  const revisions: string[] = [];
  for (let index = 0; index < count; index += 1) {
    written += 1;
    const body = { setting: 'cache_size', feature_values: { user: `u${written}` }, value: written };
    const answer = await expectStatus(201, call('POST', '/api/v1/rules', { body }));
    revisions.push(String(answer.headers.get('heksher-revision')));
  }
  return revisions;
}

describeUnless(noRedisServer)('a stream of Redis', () => {
  let redis: RedisServer;
  let client: Client;
  let database: TestDatabase;
  beforeAll(async () => {
    redis = await startRedis();
    client = await connectTo(redis.url);
  });
  afterAll(async () => {
    client.destroy();
    await redis.end();
  });
  beforeEach(async () => {
    database = await createDatabase();
    await client.del(STREAM);
  });
  afterEach(() => database.drop());

  const env = () => ({ HEKSHER_SINK_REDIS_URL: redis.url, HEKSHER_SINK_REDIS_STREAM: STREAM });
  const entries = async () => (await client.xRange(STREAM, '-', '+')) ?? [];
  const published = async () => (await entries()).map(({ message }) => message['id']);
  const hasLast = (revision: string | undefined) =>
    until(`the stream to end with ${revision}`, async () => (await published()).at(-1) === revision, 30_000);

  /** The last revision of each transaction that the log has, in their order. */
  async function transactions(): Promise<readonly string[]> {
    const rows = await database.sql<{ revision: string }>(
      `select c.seq || '-' || left(c.token::text, 8) as revision from heksher_changes c
        where c.op in ('statement', 'truncate')
          and not exists (select from heksher_changes n where n.tx = c.tx and n.seq > c.seq)
        order by c.seq`,
    );
    return rows.map(({ revision }) => revision);
  }

  it('has each transaction exactly once and in order, from two services of which one is killed', async () => {
    const all = { ...env(), HEKSHER_DB_CONNECTION_STRING: database.connectionString };
    const [killed, left] = [spawnService(all), spawnService(all)];
    const [, { call }] = await Promise.all([killed.ready, left.ready]);
    await addFeatures(call, 'account', 'user', 'theme');
    await declare(call);
    await write(call, 20);
    const writing = write(call, 40);
    killed.child.kill('SIGKILL');
    await killed.exited;
    const late = await writing;
    await hasLast(late.at(-1));
    expect(await published()).toEqual(await transactions());
    const ids = (await entries()).map(({ id }) => id);
    expect(ids).toEqual((await published()).map((revision) => `${String(revision).split('-')[0]}-0`));
    for (const { message } of await entries()) {
      const event = new CloudEvent<unknown>(JSON.parse(String(message['event'])) as object);
      expect([event.type, event.id]).toEqual(['heksher.change.committed', message['id']]);
    }
    left.child.kill('SIGTERM');
    expect(await left.exited).toBe(0);
  }, 60_000);

  it('goes on after an outage of Redis, and begins anew where Redis has lost it', async () => {
    const service = await startTestService(env(), database);
    await addFeatures(service.call, 'account', 'user', 'theme');
    await declare(service.call);
    await hasLast((await write(service.call, 3)).at(-1));
    await redis.stop();
    const missed = await write(service.call, 3);
    await redis.start();
    await until('the client to be back', () => client.isReady);
    await hasLast(missed.at(-1));
    expect(await published()).toEqual(await transactions());
    await service.stop();
  }, 60_000);

  it('tells of what the log has lost, and leaves alone what is not its own or is ahead of the database', async () => {
    const first = await startTestService(env(), database);
    await addFeatures(first.call, 'account', 'user', 'theme');
    await declare(first.call);
    await hasLast((await write(first.call, 2)).at(-1));
    await first.stop();
    const last = (await published()).at(-1);
    await client.del(STREAM);
    await client.xAdd(STREAM, '1-0', { id: '1-00000000', event: '{}' });
    const second = await startTestService(env(), database);
    await until('the reset', async () => (await entries()).length === 2);
    const events = (await entries()).map(({ message }) => String(message['event']));
    expect(JSON.parse(events[1] ?? '')).toMatchObject({
      type: 'heksher.feed.reset',
      data: { after: '1-00000000', now: last },
    });
    await hasLast((await write(second.call, 1)).at(-1));
    await second.stop();
    const odd: readonly Record<string, string>[] = [{ id: '999999-00000000', event: '{}' }, { other: 'x' }];
    for (const message of odd) {
      await client.del(STREAM);
      await client.xAdd(STREAM, '999999-0', message);
      const third = await startTestService(env(), database);
      await write(third.call, 1);
      await third.stop();
      expect(await entries()).toEqual([expect.objectContaining({ id: '999999-0' })]);
    }
  }, 60_000);
});

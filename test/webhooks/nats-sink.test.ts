import { CloudEvent } from 'cloudevents';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { spawnService } from '../support/service/process.js';
import { addFeatures, type Call, declare, expectStatus, startTestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { anyNats, type NatsServer, noNats, noNatsServer, startNats, TestStream } from '../support/webhooks/nats.js';

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

/** The ids of messages of all transactions that the log has, in their order. */
async function transactions(database: TestDatabase): Promise<readonly string[]> {
  const rows = await database.sql<{ id: string }>(
    `select 'msg_' || c.seq || '-' || left(c.token::text, 8) as id from heksher_changes c
      where c.op in ('statement', 'truncate')
        and not exists (select from heksher_changes n where n.tx = c.tx and n.seq > c.seq)
      order by c.seq`,
  );
  return rows.map(({ id }) => id);
}

const ids = async (stream: TestStream) => (await stream.messages()).map(({ id }) => id);
const hasLast = (stream: TestStream, revision: string | undefined) =>
  until(`the stream to end with ${revision}`, async () => (await ids(stream)).at(-1) === `msg_${revision}`, 60_000);

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.drop());

describeUnless(noNats)('a stream of NATS', () => {
  let nats: Pick<NatsServer, 'url' | 'end'>;
  let stream: TestStream;
  beforeAll(async () => {
    nats = await anyNats();
  });
  afterAll(() => nats.end());
  beforeEach(async () => {
    stream = await TestStream.on(nats.url);
  });
  afterEach(() => stream.end());

  it('has each transaction exactly once and in order, from two services of which one is killed', async () => {
    const env = { ...stream.env, HEKSHER_DB_CONNECTION_STRING: database.connectionString };
    const [killed, left] = [spawnService(env), spawnService(env)];
    const [, { call }] = await Promise.all([killed.ready, left.ready]);
    await addFeatures(call, 'account', 'user', 'theme');
    await declare(call);
    await write(call, 20);
    const writing = write(call, 40);
    killed.child.kill('SIGKILL');
    await killed.exited;
    const late = await writing;
    await hasLast(stream, late.at(-1));
    const messages = await stream.messages();
    expect(messages.map(({ id }) => id)).toEqual(await transactions(database));
    for (const { id, body, contentType } of messages) {
      const event = new CloudEvent<unknown>(JSON.parse(body) as object);
      expect([event.type, `msg_${event.id}`]).toEqual(['heksher.change.committed', id]);
      expect(contentType).toBe('application/cloudevents+json; charset=utf-8');
    }
    left.child.kill('SIGTERM');
    expect(await left.exited).toBe(0);
  }, 120_000);

  it('goes on in a stream that was there, tells of what the log has lost, and leaves alone what is not its own', async () => {
    await stream.manager.streams.add({ name: stream.name, subjects: [`${stream.name}.>`] });
    const first = await startTestService(stream.env, database);
    await addFeatures(first.call, 'account', 'user', 'theme');
    await declare(first.call);
    const [last] = await write(first.call, 1);
    await hasLast(stream, last);
    await first.stop();
    await database.sql(`update heksher_changes set token = gen_random_uuid() where op in ('statement', 'truncate')`);
    await database.sql(
      `update heksher_revision r set token = (select c.token from heksher_changes c where c.seq = r.seq and c.op = 'statement')`,
    );
    const second = await startTestService(stream.env, database);
    await until('the reset', async () => /^msg_reset-/.test((await ids(stream)).at(-1) ?? ''), 60_000);
    const [next] = await write(second.call, 1);
    await hasLast(stream, next);
    await second.stop();
    const events = (await stream.messages()).map(({ body }) => JSON.parse(body) as { type: string; data: unknown });
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['heksher.feed.reset', 'heksher.change.committed']);
    expect(events.at(-2)?.data).toMatchObject({ after: last });
    const count = events.length;
    await stream.manager.streams.purge(stream.name);
    const other = await TestStream.on(nats.url);
    await other.publish(stream.subject, 'x');
    await other.end();
    const third = await startTestService(stream.env, database);
    await write(third.call, 1);
    await third.stop();
    expect(await stream.messages()).toEqual([expect.objectContaining({ seq: count + 1, body: 'x' })]);
  }, 120_000);
});

describeUnless(noNats)('change sets in a stream of NATS', () => {
  it('come between the changes, also where another service goes on', async () => {
    const nats = await anyNats();
    const stream = await TestStream.on(nats.url);
    const first = await startTestService(stream.env, database);
    await addFeatures(first.call, 'account', 'user', 'theme');
    await declare(first.call);
    const operations = [{ op: 'put_rule', setting: 'cache_size', feature_values: { user: 'x' }, value: 1 }];
    const body = { operations, propose: true };
    const { body: made } = await expectStatus(201, first.call('POST', '/api/v1/changesets', { body }));
    const { changeset_id: id } = made as { changeset_id: number };
    const count = (await transactions(database)).length;
    await until('the proposal', async () => (await ids(stream)).length === count + 1, 60_000);
    await first.stop();
    const second = await startTestService(stream.env, database);
    await expectStatus(200, second.call('POST', `/api/v1/changesets/${id}/apply`));
    await until('the rest', async () => (await ids(stream)).length === count + 3, 60_000);
    const types = (await stream.messages()).map(({ body: text }) => (JSON.parse(text) as { type: string }).type);
    expect(types.slice(-3)).toEqual([
      'heksher.changeset.proposed',
      'heksher.change.committed',
      'heksher.changeset.applied',
    ]);
    await second.stop();
    await stream.end();
    await nats.end();
  }, 120_000);
});

describeUnless(noNatsServer)('a NATS that goes away', () => {
  it('is published to again, with what it missed', async () => {
    const server = await startNats(['--user', 'heksher', '--pass', 'secret/word']);
    const stream = await TestStream.on(server.url.replace('nats://', 'nats://heksher:secret%2Fword@'));
    const service = await startTestService(stream.env, database);
    await addFeatures(service.call, 'account', 'user', 'theme');
    await declare(service.call);
    await hasLast(stream, (await write(service.call, 3)).at(-1));
    await server.stop();
    const missed = await write(service.call, 3);
    await server.start();
    await until(
      'the client to be back',
      () =>
        stream.manager.streams.info(stream.name).then(
          () => true,
          () => false,
        ),
      60_000,
    );
    await hasLast(stream, missed.at(-1));
    expect(await ids(stream)).toEqual(await transactions(database));
    await service.stop();
    await stream.end();
    await server.end();
  }, 120_000);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { type ChangeEvent, openStream } from '../support/feed/event-reader.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, type Call, declare, startTestService, type TestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';

/** HEKSHER_TEST_TRANSACTIONS asks for more of them; the bar is 10 000. */
const TRANSACTIONS = Number(process.env['HEKSHER_TEST_TRANSACTIONS'] ?? 150);
const SETTINGS = ['a', 'b', 'group.c', 'group.d'];

let database: TestDatabase;
let here: TestService;
let there: ServiceProcess;
let urls: readonly [string, string];
let calls: readonly [Call, Call];
beforeAll(async () => {
  database = await createDatabase();
  here = await startTestService({}, database);
  there = spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString, HEKSHER_NOTIFY: 'off' });
  const ready = await there.ready;
  urls = [here.url, ready.url];
  calls = [here.call, ready.call];
  await addFeatures(here.call, 'account', 'user');
  for (const name of SETTINGS) await declare(here.call, { name, configurable_features: ['account', 'user'] });
});
afterAll(async () => {
  there.child.kill();
  await there.exited;
  await here.stop();
  await database.drop();
});

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;

/** By one of the replicas: rules that come, change and go. */
async function writeByService(call: Call, count: number): Promise<void> {
  const rules: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const [rule] = rules;
    if (rule !== undefined && Math.random() < 0.3) {
      await call('DELETE', `/api/v1/rules/${rule}`);
      rules.shift();
      continue;
    }
    const feature_values = { user: `u${Math.random().toString(36).slice(2)}` };
    const body = { setting: pick(SETTINGS), feature_values, value: index };
    const answer = await call('POST', '/api/v1/rules', { body });
    rules.push((answer.body as { rule_id: number }).rule_id);
  }
}

/** In one transaction several statements, some of which change nothing, and some transactions that are taken back. */
async function writeBySql(count: number): Promise<void> {
  const client = await database.connect();
  for (let index = 0; index < count; index += 1) {
    await client.query('begin');
    for (let left = 1 + Math.floor(Math.random() * 3); left > 0; left -= 1) {
      const texts = [
        `insert into rules (setting, value) values ($1, '${index}')`,
        `update settings set default_value = '${index}' where name = $1`,
        `delete from rules where setting = $1 and id % 7 = 0`,
      ];
      await client.query(pick(texts), [pick(SETTINGS)]);
    }
    await client.query(Math.random() < 0.1 ? 'rollback' : 'commit');
  }
  await client.end();
}

type Reader = { readonly seen: ChangeEvent[]; resets: number; readonly reading: Promise<void> };

/** Reads in all three ways by turns, from either replica, and drops its connection whenever it likes, until all are there. */
function follow(start: string, isDone: (cursor: string) => boolean): Reader {
  const seen: ChangeEvent[] = [];
  const reader = { seen, resets: 0, reading: Promise.resolve() };
  const take = (events: readonly ChangeEvent[]): void => void seen.push(...events);
  let cursor = start;
  const byPage = async (wait: string): Promise<void> => {
    const signal = AbortSignal.timeout(Math.round(50 + Math.random() * 3_000));
    try {
      const response = await fetch(`${pick(urls)}/api/v1/changes?after=${cursor}&limit=20${wait}`, { signal });
      const page = (await response.json()) as { changes: ChangeEvent[]; next: string; reset: boolean };
      if (page.reset) reader.resets += 1;
      take(page.changes);
      cursor = page.next;
    } catch {
      // It dropped the connection before it had the answer: it goes on from where it was.
    }
  };
  const byStream = async (): Promise<void> => {
    const stream = await openStream(`${pick(urls)}/api/v1/changes`, { 'Last-Event-ID': cursor });
    await sleep(Math.random() * 400);
    stream.close();
    for (const { event, data = '', id = '' } of stream.events()) {
      if (event === 'reset') reader.resets += 1;
      else take([JSON.parse(data) as ChangeEvent]);
      cursor = id;
    }
  };
  const ways = [() => byPage(''), () => byPage('&wait=2'), byStream];
  const read = async (): Promise<void> => {
    while (!isDone(cursor)) await pick(ways)();
  };
  reader.reading = read();
  return reader;
}

async function now(): Promise<string> {
  const [row] = await database.sql<{ cursor: string }>(
    `select seq || '-' || left(token::text, 8) as cursor from heksher_revision`,
  );
  return row?.cursor ?? '';
}

/** What the log says, without anything of the service: each transaction by its first and last revision. */
async function transactionsAfter(cursor: string): Promise<readonly (readonly [number, number])[]> {
  const rows = await database.sql<{ first: string; last: string }>(
    `select min(seq) as first, max(seq) as last from heksher_changes
      where seq > $1 and op in ('statement', 'truncate') group by tx order by 1`,
    [cursor.split('-')[0]],
  );
  return rows.map(({ first, last }) => [Number(first), Number(last)]);
}

it(
  'however readers drop and where they go on, each sees exactly the transactions there were, in their order',
  async () => {
    const start = await now();
    const goal: { end?: string } = {};
    const readers = Array.from({ length: 6 }, () => follow(start, (cursor) => cursor === goal.end));
    const share = Math.floor(TRANSACTIONS / 3);
    await Promise.all([writeByService(calls[0], share), writeByService(calls[1], share), writeBySql(share)]);
    goal.end = await now();
    await Promise.all(readers.map(({ reading }) => reading));
    const expected = await transactionsAfter(start);
    expect(expected.length).toBeGreaterThan(TRANSACTIONS / 2);
    for (const { seen, resets } of readers) {
      expect(seen.map(({ from_seq, seq }) => [from_seq, seq])).toEqual(expected);
      expect(resets).toBe(0);
    }
    const [first, ...others] = readers;
    for (const { seen } of others) expect(seen).toEqual(first?.seen);
    const page = await here.call('GET', `/api/v1/history?limit=200&after=${start.split('-')[0]}`);
    const { entries } = page.body as {
      entries: readonly { seq: number; changes: unknown[]; changes_omitted: number }[];
    };
    for (const { seq, changes, changes_omitted } of entries) {
      if (changes_omitted === 0) expect(first?.seen.find((one) => one.seq === seq)?.changes).toEqual(changes);
    }
  },
  120_000 + TRANSACTIONS * 100,
);

it('a database that was restored is told of once to each stream, which then goes on', async () => {
  const streams = await Promise.all(urls.map((url) => openStream(`${url}/api/v1/changes`)));
  await until('their places', () => streams.every(({ blocks }) => blocks.length === 2));
  await writeBySql(3);
  const before = await now();
  await until('what was before', () => streams.every((stream) => stream.events().at(-1)?.id === before));
  // As from a copy that was taken a while ago: what came since is gone, and other things come in its place.
  await database.sql(`
    begin;
    delete from heksher_changes where seq > (select seq - 2 from heksher_revision);
    update heksher_revision set seq = seq - 2, token = gen_random_uuid();
    insert into heksher_changes (seq, token, actor, "table", op)
    select seq, token, session_user, 'heksher_revision', 'statement' from heksher_revision;
    commit`);
  const counts = streams.map((stream) => stream.events().length);
  await calls[0]('POST', '/api/v1/rules', { body: { setting: 'a', feature_values: { user: 'after' }, value: 1 } });
  const after = await now();
  await until('what is after', () => streams.every((stream) => stream.events().at(-1)?.id === after));
  for (const [index, stream] of streams.entries()) {
    const kinds = stream
      .events()
      .slice(counts[index])
      .map(({ event }) => event);
    expect(kinds.filter((kind) => kind === 'reset')).toEqual(['reset']);
    expect(kinds[0]).toBe('reset');
    stream.close();
  }
}, 240_000);

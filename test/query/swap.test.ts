import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createDatabase, onServer, type TestDatabase } from '../support/database/database.js';
import { spawnService } from '../support/service/process.js';
import { asking } from '../support/model/questions.js';
import { readTables, referenceBody } from '../support/model/reference.js';
import { startTestService, type TestService } from '../support/service/service.js';

const EVERYTHING = asking();

let database: TestDatabase;
let service: TestService;
beforeEach(async () => {
  database = await createDatabase();
  await database.sql(`insert into context_features values ('account', 0), ('user', 1)`);
  await database.sql(`insert into settings select 's' || n, 'int', '0', '1.0' from generate_series(1, 30) n`);
  await database.sql(`insert into rules (setting, value) select name, '0' from settings`);
  await database.sql(`insert into conditions select id, 'user', 'john' from rules`);
  service = await startTestService({}, database);
});
afterEach(async () => {
  await service.stop();
  await database.drop();
});

/** So many writing statements; whatever they leave bears this mark everywhere. */
async function write(name: string, mark: number, times: number): Promise<void> {
  await inDatabase(name, async (client) => {
    for (let time = 1; time <= times; time += 1) {
      await client.query(`update rules set value = '${mark * 1_000 + time}'`);
    }
    if (times > 0) await client.query(`update settings set default_value = (select min(value) from rules)`);
  });
}

async function inDatabase<T>(name: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...database.address, database: name });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const seqOf = (name: string): Promise<number> =>
  inDatabase(name, async (client) => {
    const { rows } = await client.query<{ seq: number }>('select seq::int as seq from heksher_revision');
    return rows[0]?.seq ?? NaN;
  });

/** What the naive reference answers from this database. */
const truthOf = (name: string): Promise<string | undefined> =>
  inDatabase(name, async (client) => {
    const sql: TestDatabase['sql'] = async <Row extends pg.QueryResultRow>(text: string) =>
      (await client.query<Row>(text)).rows;
    return referenceBody(await readTables({ sql }), EVERYTHING.question);
  });

/** A copy of the service's database as it is now, as a dump would be. Its sessions are ended for it. */
async function dump(): Promise<string> {
  const copy = `heksher_test_${randomBytes(6).toString('hex')}`;
  await onServer(`alter database "${database.name}" allow_connections false`);
  await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database.name}'`);
  await onServer(`create database "${copy}" template "${database.name}"`);
  await onServer(`alter database "${database.name}" allow_connections true`);
  return copy;
}

/** The service's database is gone, and this one is in its place. */
async function replaceWith(copy: string): Promise<void> {
  await onServer(`drop database "${database.name}" with (force)`);
  await onServer(`alter database "${copy}" rename to "${database.name}"`);
}

async function read(): Promise<{ isStale: boolean; text: string }> {
  const answer = await fetch(`${service.url}/api/v1/query?${EVERYTHING.queryString}`);
  expect(answer.status).toBe(200);
  return { isStale: answer.headers.has('heksher-stale'), text: await answer.text() };
}

/** The next answer that is not marked stale: there must be one soon. */
async function nextCurrent(): Promise<string> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20)) {
    const { isStale, text } = await read();
    if (!isStale) return text;
  }
  throw new Error('no current answer within ten seconds');
}

/** Reads on and on until told to stop, and gives all that came, each once. */
function readOn(): () => Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  let isReading = true;
  const reading = Promise.all(
    [1, 2, 3].map(async () => {
      while (isReading) seen.add((await read()).text);
    }),
  );
  return async () => {
    isReading = false;
    await reading;
    return seen;
  };
}

describe('the database is restored from a dump', () => {
  it.each<[revision: string, ours: number, theirs: number, isAskedMeanwhile: boolean]>([
    ['older, as it was dumped', 3, 0, true],
    ['older, and written to since, but less often', 6, 2, true],
    ['of the same number, but written to otherwise', 4, 4, true],
    ['of a higher number, written to more often', 2, 7, true],
    ['the very one that the service has', 3, 0, false],
    ['one that goes on from the one that the service has', 3, 5, false],
  ])(
    'whose revision is %s: the next answer is the new truth, and none a mixture',
    async (_what, ours, theirs, isAsked) => {
      const copy = await dump();
      await nextCurrent();
      await write(database.name, 1, ours);
      await write(copy, 2, theirs);
      if (isAsked) expect(await nextCurrent()).toBe(await truthOf(database.name));
      expect(Math.sign((await seqOf(copy)) - (await seqOf(database.name)))).toBe(Math.sign(theirs - ours));
      const [before, after] = [isAsked ? await truthOf(database.name) : (await read()).text, await truthOf(copy)];
      const stopReading = isAsked ? readOn() : () => Promise.resolve(new Set<string>());

      await replaceWith(copy);

      expect(await nextCurrent()).toBe(after);
      for (const text of await stopReading()) expect([before, after]).toContain(text);
      // And from there on it follows the new one.
      await write(database.name, 3, 1);
      expect(await nextCurrent()).toBe(await truthOf(database.name));
    },
  );

  it('again and again, with the same dump', async () => {
    await write(database.name, 1, 2);
    for (let round = 0; round < 3; round += 1) {
      const copy = await dump();
      await write(database.name, 2 + round, 3);
      expect(await nextCurrent()).toBe(await truthOf(database.name));
      await replaceWith(copy);
      expect(await nextCurrent()).toBe(await truthOf(database.name));
    }
  });
});

it('the database is swapped for one of another origin: its contents are served, without a restart', async () => {
  const other = await createDatabase();
  await other.sql(`insert into settings values ('elsewhere', 'str', '"x"', '1.0')`);
  // At the very number where the service stands.
  for (let seq = await seqOf(other.name); seq < (await seqOf(database.name)); seq += 1)
    await other.sql('delete from rules');
  expect(await seqOf(other.name)).toBe(await seqOf(database.name));
  expect((await read()).text).toContain('"s1"');
  await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${other.name}'`);
  await replaceWith(other.name);
  expect(await nextCurrent()).toBe('{"settings":{"elsewhere":{"rules":[],"default_value":"x"}}}');
  await other.drop();
});

it('the database is dropped, created empty, and migrated: answers are marked stale until then, and then the new truth', async () => {
  const before = await nextCurrent();
  await onServer(`drop database "${database.name}" with (force)`);
  expect(await read()).toEqual({ isStale: true, text: before });
  await onServer(`create database "${database.name}"`);
  await sleep(600);
  expect(await read()).toEqual({ isStale: true, text: before });
  const body = { context_feature: 'user' };
  expect((await service.call('POST', '/api/v1/context_features', { body })).status).toBe(503);

  const migrating = spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString }, ['migrate']);
  expect(await migrating.exited).toBe(0);

  expect(await nextCurrent()).toBe('{"settings":{}}');
  expect((await service.call('POST', '/api/v1/context_features', { body })).status).toBe(204);
});

it('the revision row disappears and comes back: answers are marked stale between, and current after', async () => {
  const before = await nextCurrent();
  await database.sql(`create table kept as select * from heksher_revision; delete from heksher_revision`);
  expect(await read()).toEqual({ isStale: true, text: before });
  await sleep(600);
  expect(await read()).toEqual({ isStale: true, text: before });
  await database.sql(`insert into heksher_revision select * from kept; update rules set value = '7'`);
  expect(await nextCurrent()).toBe(await truthOf(database.name));
});

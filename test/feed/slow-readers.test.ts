import { readFile } from 'node:fs/promises';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type ChangeEvent, eventsOf, openStream } from '../support/feed/event-reader.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, declare } from '../support/service/service.js';
import { until } from '../support/service/until.js';

let database: TestDatabase;
let service: ServiceProcess;
let url: string;
beforeAll(async () => {
  database = await createDatabase();
  service = spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString, HEKSHER_SEND_TIMEOUT_S: '2' });
  const ready = await service.ready;
  ({ url } = ready);
  await addFeatures(ready.call, 'user');
  await declare(ready.call, { name: 'text', type: 'str', default_value: '', configurable_features: ['user'] });
});
afterAll(async () => {
  service.child.kill();
  await service.exited;
  await database.drop();
});

async function residentMb(): Promise<number> {
  const status = await readFile(`/proc/${service.child.pid ?? 0}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

const READERS = 40;
const WRITES = 40;
const LONG = 'x'.repeat(100_000);
/** What all readers are to be sent: a quarter of it would be seen. */
const ALL_MB = (READERS * WRITES * 2 * LONG.length) / 1_048_576;

it('who reads nothing costs little however much passes, is cut, and has all when it comes back', async () => {
  const readers = await Promise.all(Array.from({ length: READERS }, () => openStream(`${url}/api/v1/changes`)));
  await until('all to begin', () => readers.every(({ blocks }) => blocks.length >= 2));
  const start = readers[0]?.blocks[1]?.id ?? '';
  for (const reader of readers) reader.pause();
  const before = await residentMb();
  const write = `update settings set default_value = to_json($1::text)`;
  for (let count = 0; count < WRITES; count += 1) await database.sql(write, [`${count}${LONG}`]);
  const [slow, ...others] = readers;
  // Whoever reads again before it is cut has all, and stays.
  await until('all to be cut', () => service.output().split('took nothing of its answer').length > READERS);
  expect((await residentMb()) - before).toBeLessThan(ALL_MB / 4);
  for (const reader of readers) reader.resume();
  expect(await slow?.ended).toBe('cut');
  for (const reader of others) reader.close();
  const seen = slow?.changes() ?? [];
  expect(seen.length).toBeLessThan(WRITES);
  const last = seen.at(-1)?.id ?? start;
  const again = await openStream(`${url}/api/v1/changes`, { 'Last-Event-ID': last });
  await eventsOf(again, WRITES - seen.length);
  const all: readonly ChangeEvent[] = [...seen, ...again.changes()];
  again.close();
  const first = Number(start.split('-')[0]) + 1;
  expect(all.map(({ seq, from_seq }) => [from_seq, seq])).toEqual(
    Array.from({ length: WRITES }, (_, index) => [first + index, first + index]),
  );
}, 240_000);

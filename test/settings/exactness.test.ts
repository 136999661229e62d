import { setTimeout as sleep } from 'node:timers/promises';
import { History } from '../support/history/history.js';
import { spawnService, type ServiceProcess } from '../support/service/process.js';
import { openRegisters, type Registers } from '../support/history/registers.js';
import { type Call, startTestService, type TestService } from '../support/service/service.js';

const STALENESS_MS = 200;

let first: TestService;
let lazy: TestService;
let process2: ServiceProcess;
let second: Call;
beforeAll(async () => {
  first = await startTestService();
  lazy = await startTestService({ HEKSHER_MAX_STALENESS_MS: String(STALENESS_MS) }, first.database);
  process2 = spawnService({ HEKSHER_DB_CONNECTION_STRING: first.database.connectionString });
  second = (await process2.ready).call;
});
afterAll(async () => {
  process2.child.kill();
  await process2.exited;
  await lazy.stop();
  await first.stop();
});

describe('the checker of histories', () => {
  const at = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const seeing = (value: number) => () => Promise.resolve(new Map([['a', value]]));

  it('takes what is linearizable, also a write that is seen before it is acknowledged', async () => {
    const history = new History();
    await history.read(seeing(0));
    await history.write('a', 1, async () => {
      await history.read(seeing(0));
      await history.read(seeing(1));
    });
    await at(2);
    await history.read(seeing(1));
    expect(history.violations()).toEqual([]);
  });

  it.each([
    ['older than what was acknowledged', 0, /stale, 1 was acknowledged/],
    ['that nobody had begun to write', 2, /only 1 writes had started/],
    ['that is none', NaN, /only 1 writes had started/],
    ['that was rolled back', -1, /stale/],
  ])('finds a value %s', async (_what, value, expected) => {
    const history = new History();
    await history.write('a', 1, () => Promise.resolve());
    await at(2);
    await history.read(seeing(value));
    expect(history.violations()[0]).toMatch(expected);
  });

  it('finds a value that goes back between two reads while the write is not acknowledged', async () => {
    const history = new History();
    await history.write('a', 1, async () => {
      await history.read(seeing(1));
      await at(2);
      await history.read(seeing(0));
    });
    expect(history.violations()).toEqual([expect.stringMatching('1 had been read before')]);
  });

  it('allows the staleness it is told and no more', async () => {
    const history = new History();
    await history.write('a', 1, () => Promise.resolve());
    await at(30);
    await history.read(seeing(0));
    expect(history.violations(10_000)).toEqual([]);
    expect(history.violations(10)).toHaveLength(1);
  });
});

/** Writers of all registers at once, each reading its own write through another service; readers until they are done. */
async function load(registers: Registers, history: History, rounds: number, readers: readonly Call[]): Promise<void> {
  let isWriting = true;
  const writing = registers.writers.map(async ({ names, write, observer }) => {
    for (let value = 1; value <= rounds; value += 1) {
      await writeAll(history, names, value, () => write(value));
      await history.read(registers.reader(observer)());
    }
  });
  const reading = readers.map(async (call) => {
    for (const read = registers.reader(call); isWriting;) await history.read(read());
  });
  await Promise.all(writing).finally(() => (isWriting = false));
  await Promise.all(reading);
}

/** One write of several registers is one write of each. */
function writeAll(
  history: History,
  names: readonly string[],
  value: number,
  write: () => Promise<void>,
): Promise<void> {
  return names.reduceRight((inner, name) => () => history.write(name, value, inner), write)();
}

it('reads through either process reflect every write acknowledged before they began, whoever wrote it', async () => {
  const registers = await openRegisters(first.database, first.call, second);
  const history = new History();
  try {
    const readers = [first.call, second].flatMap((call) => [call, call, call, call]);
    await load(registers, history, 150, readers);
  } finally {
    await registers.close();
  }
  expect(history.violations()).toEqual([]);
  expect(registers.tornReads()).toEqual([]);
  expect(history.size.writes).toBeGreaterThanOrEqual(1_600);
  expect(history.size.reads).toBeGreaterThan(3_000);
}, 180_000);

it('with HEKSHER_MAX_STALENESS_MS no answer is older than that, and some are older than none', async () => {
  const registers = await openRegisters(first.database, first.call, second);
  const history = new History();
  try {
    registers.observeThrough(lazy.call);
    // It need not know before what was declared just now.
    await sleep(STALENESS_MS);
    await load(registers, history, 40, [lazy.call, lazy.call]);
  } finally {
    await registers.close();
  }
  expect(history.violations(STALENESS_MS)).toEqual([]);
  expect(registers.tornReads()).toEqual([]);
  expect(history.violations().length).toBeGreaterThan(0);
}, 120_000);

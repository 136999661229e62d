import { readFileSync } from 'node:fs';
import { HeksherClient, type Setting, setting } from '@heksher/client';
import { alternate, type Run } from '../alternate.js';
import { type Bench, type Measurement } from '../bench.js';
import { connect, type Database } from '../database-server.js';
import { compared, type Finding, measured } from '../finding.js';
import { DENSE, type Extent, MEDIUM } from '../extents.js';
import { CONTEXTS, unleashIsEnabled } from '../local-evaluation.js';
import { FEATURES, firstSettings, userName } from '../names.js';
import { type Scope } from '../scope.js';
import { startService } from '../service.js';
import { median } from '../statistics.js';

type BenchSetting = Setting<number, (typeof FEATURES)[number]>;

/** A client of a service on the database, with all settings that are there. */
async function startClient(scope: Scope, database: Database, { settings: count }: Extent) {
  const { url } = await startService(scope, database);
  const settings: readonly BenchSetting[] = firstSettings(count).map((name) =>
    setting(name, { type: 'int', configurableFeatures: FEATURES, defaultValue: 0 }),
  );
  const client = await HeksherClient.start({ url, settings, updateIntervalMs: 86_400_000 });
  scope.defer(() => client.close());
  return { client, settings };
}

/** How many calls are made between two looks at the clock. */
const BATCH = 512;

/** Calls per second, all in this one process. */
function runOf(call: (turn: number) => unknown): Run {
  return (durationMs) => {
    const startedAt = performance.now();
    let done = 0;
    while (performance.now() - startedAt < durationMs) {
      for (let turn = 0; turn < BATCH; turn += 1) call(done + turn);
      done += BATCH;
    }
    return Promise.resolve(done / ((performance.now() - startedAt) / 1_000));
  };
}

function readerOf(setting: BenchSetting): (turn: number) => number {
  const contexts = Array.from({ length: CONTEXTS }, (_, user) => ({
    account: 'a',
    user: userName(user),
    theme: 'dark',
  }));
  if (!contexts.some((context) => setting.get(context) > 0)) throw new Error('every user has the default');
  return (turn) => setting.get(contexts[turn % CONTEXTS]);
}

export const clientGet: Measurement = {
  name: 'client-get',
  async measure(bench) {
    const { settings } = await startClient(bench.scope, await bench.fixtures.dense(), DENSE);
    const [first] = settings;
    if (first === undefined) throw new Error('there is no setting');
    const comparison = await alternate(bench, runOf(readerOf(first)), runOf(unleashIsEnabled()));
    const what = 'a setting of 10 000 rules, read by `get` with three features given';
    const unit = 'gets/s';
    return [
      measured(
        { name: this.name, what, unit, bar: { of: 'figure', is: 'at least', limit: 3_000_000 } },
        comparison.ours,
      ),
      compared(
        {
          name: `${this.name}-unleash`,
          what,
          unit,
          against: 'unleash-client: `isEnabled` of one flag with three constraints',
          bar: { of: 'ratio', is: 'at least', limit: 2 },
        },
        comparison,
      ),
    ];
  },
};

/** The longest times, in milliseconds, for which something kept everything else waiting: by the clock, and of work. */
type Block = Readonly<{ clock: number; work: number }>;

/** What the processor has worked for this thread, in milliseconds; NaN where the system does not tell. */
function workMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return NaN;
  }
}

async function longestBlock(work: () => Promise<void>): Promise<Block> {
  let longest: Block = { clock: 0, work: workMs() * 0 };
  let isDone = false;
  let last = { clock: performance.now(), work: workMs() };
  const look = (): void => {
    const now = { clock: performance.now(), work: workMs() };
    longest = {
      clock: Math.max(longest.clock, now.clock - last.clock),
      work: Math.max(longest.work, now.work - last.work),
    };
    last = now;
    if (!isDone) setImmediate(look);
  };
  setImmediate(look);
  await work();
  isDone = true;
  return longest;
}

async function refresh({ scope, effort }: Bench, database: Database, extent: Extent): Promise<readonly Block[]> {
  const { client, settings } = await startClient(scope, database, extent);
  const sql = await connect(scope, database.address);
  const blocks: Block[] = [];
  for (let run = 0; run <= effort.repeats; run += 1) {
    await sql.query('update rules set value = (value::int + 1)::text');
    let changed: readonly string[] = [];
    const stop = client.onChange((names) => (changed = names));
    blocks.push(await longestBlock(() => client.reload()));
    stop();
    if (changed.length !== settings.length) throw new Error(`${changed.length} of ${settings.length} settings changed`);
  }
  // The first warms up.
  return blocks.slice(1);
}

export const clientRefresh: Measurement = {
  name: 'client-refresh',
  async measure(bench) {
    const findings: Finding[] = [];
    const { fixtures } = bench;
    for (const [name, extent, database] of [
      ['many', MEDIUM, await fixtures.medium()],
      ['dense', DENSE, await fixtures.dense()],
    ] as const) {
      const blocks = await bench.scope.within(async (scope) =>
        refresh({ ...bench, scope }, await fixtures.copy(scope, database), extent),
      );
      const what = `the longest time for which a refresh of 20 000 changed rules in ${extent.settings} settings blocks the event loop`;
      const worked = median(blocks.map(({ work }) => work));
      const notes = [
        `the longest piece of work took ${worked.toFixed(1)} ms of processor time; beyond that, others had the processor`,
      ];
      const about = { name: `${this.name}-${name}`, what, unit: 'ms', ...(!Number.isNaN(worked) && { notes }) };
      const times = blocks.map(({ clock }) => clock);
      findings.push(measured({ ...about, bar: { of: 'figure', is: 'at most', limit: 20 } }, times));
    }
    return findings;
  },
};

import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Measurement } from '../bench.js';
import { type Database } from '../database-server.js';
import { measured } from '../finding.js';
import { type Resident, residentMemory } from '../memory.js';
import { startService } from '../service.js';

/** One start, and the memory of the service after it was left alone for a while. */
async function startOnce(
  { scope }: Bench,
  database: Database,
  idleMs: number,
): Promise<Resident & { startMs: number }> {
  return scope.within(async (inner) => {
    const { pid, startMs } = await startService(inner, database);
    await sleep(idleMs);
    return { startMs, ...(await residentMemory(pid)) };
  });
}

export const startup: Measurement = {
  name: 'startup',
  async measure(bench) {
    const database = await bench.fixtures.empty();
    const seconds: number[] = [];
    for (let start = 0; start < bench.effort.repeats; start += 1) {
      seconds.push((await startOnce(bench, database, 0)).startMs / 1_000);
    }
    const what = 'start on a migrated database, from spawning to ready';
    return [measured({ name: this.name, what, unit: 's', bar: { of: 'figure', is: 'at most', limit: 2 } }, seconds)];
  },
};

export const idleMemory: Measurement = {
  name: 'idle-memory',
  async measure(bench) {
    const { idleMs } = bench.effort;
    const { now } = await startOnce(bench, await bench.fixtures.empty(), idleMs);
    const what = `resident memory ${idleMs / 1_000} s after a start on an empty database`;
    return [measured({ name: this.name, what, unit: 'MB', bar: { of: 'figure', is: 'at most', limit: 200 } }, [now])];
  },
};

export const largeStart: Measurement = {
  name: 'large-start',
  async measure(bench) {
    const database = await bench.fixtures.large();
    const starts: Awaited<ReturnType<typeof startOnce>>[] = [];
    for (let start = 0; start < Math.min(3, bench.effort.repeats); start += 1) {
      starts.push(await startOnce(bench, database, bench.effort.idleMs));
    }
    const notes = [
      `the most it took while it started was ${Math.round(Math.max(...starts.map(({ most }) => most)))} MB`,
    ];
    return [
      measured(
        {
          name: `${this.name}-time`,
          what: '1 000 000 rules in 5 000 settings: start, from spawning to ready',
          unit: 's',
          bar: { of: 'figure', is: 'at most', limit: 30 },
        },
        starts.map(({ startMs }) => startMs / 1_000),
      ),
      measured(
        {
          name: `${this.name}-memory`,
          what: `1 000 000 rules in 5 000 settings: resident memory ${bench.effort.idleMs / 1_000} s after the start`,
          unit: 'MB',
          bar: { of: 'figure', is: 'at most', limit: 1_200 },
          notes,
        },
        starts.map(({ now }) => now),
      ),
    ];
  },
};

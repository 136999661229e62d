import { once } from 'node:events';
import { type Bench, type Measurement } from '../bench.js';
import { atRate } from '../closed-loop.js';
import { type Finding, measured } from '../finding.js';
import { MEDIUM } from '../extents.js';
import { distinctQueries } from '../queries.js';
import { clientOf, type Service, startService } from '../service.js';
import { median } from '../statistics.js';
import { CONNECTIONS } from '../throughput.js';
import { valueWriter } from '../writer.js';

const SLICES = 12;
const WRITES_PER_S = 20;

/** Memory in MB, after garbage was collected. */
type Sample = Readonly<{ resident: number; heap: number }>;

async function sample({ child }: Service): Promise<Sample> {
  const answered = once(child, 'message');
  child.send('memory');
  const [{ rss, heapUsed }] = (await answered) as [NodeJS.MemoryUsage];
  return { resident: rss / 1e6, heap: heapUsed / 1e6 };
}

/** A slice that is not counted fills the cache; then one sample after each slice. */
async function samplesOfLongRun({ scope, effort, load }: Bench, service: Service): Promise<readonly Sample[]> {
  // One connection is never idle for so long that the service closes it while this process is busy making up queries.
  const writing = atRate(WRITES_PER_S, valueWriter(clientOf(scope, service, 1), MEDIUM.rules));
  const durationMs = effort.longRunMs / SLICES;
  const samples: Sample[] = [];
  try {
    for (let slice = 0; slice <= SLICES; slice += 1) {
      const paths = distinctQueries(MEDIUM, slice);
      await load.run(scope, { url: service.url, paths, connections: CONNECTIONS, durationMs });
      samples.push(await sample(service));
    }
  } finally {
    await writing.stop();
  }
  return samples.slice(1);
}

function growth(name: string, what: string, values: readonly number[]): Finding {
  const third = values.length / 3;
  const first = median(values.slice(0, third));
  const last = values.slice(-third);
  const change = ((median(last) / first - 1) * 100).toFixed(1);
  const notes = [`in the first third of the run it was ${first.toFixed(1)} MB: ${change} % from there to the last`];
  return measured({ name, what, unit: 'MB', notes }, last);
}

export const memoryFlat: Measurement = {
  name: 'memory-flat',
  async measure(bench) {
    const database = await bench.fixtures.copy(bench.scope, await bench.fixtures.medium());
    const service = await startService(bench.scope, database, { withProbe: true });
    const samples = await samplesOfLongRun(bench, service);
    const run = `in the last third of ${bench.effort.longRunMs / 1_000} s of distinct queries with ${WRITES_PER_S} writes/s`;
    return [
      growth(
        `${this.name}-resident`,
        `resident memory ${run}`,
        samples.map(({ resident }) => resident),
      ),
      growth(
        `${this.name}-heap`,
        `heap after garbage collection ${run}`,
        samples.map(({ heap }) => heap),
      ),
    ];
  },
};

import { type Measurement } from '../bench.js';
import { SMALL } from '../extents.js';
import { compared, measured } from '../finding.js';
import { queryOfFirst } from '../queries.js';
import { clientOf, startService } from '../service.js';
import { compareRepeated, CONNECTIONS } from '../throughput.js';

const PATH = queryOfFirst(SMALL.settings);

/** What it costs to count. */
export const metrics: Measurement = {
  name: 'metrics',
  processes: 3,
  async measure(bench) {
    const database = await bench.fixtures.small();
    const sides = [
      await startService(bench.scope, database, { env: { HEKSHER_METRICS_PORT: '0' } }),
      await startService(bench.scope, database),
    ] as const;
    const about = {
      ...{ name: this.name, unit: 'req/s', against: 'Heksher without metrics' },
      what: `repeated query, 20 settings × 10 rules, ${CONNECTIONS} connections, with metrics`,
      bar: { of: 'ratio', is: 'at least', limit: 0.97 },
    } as const;
    return [compared(about, await compareRepeated(bench, sides, { path: PATH }))];
  },
};

const SCRAPES = 20;

/** How long a scrape takes after some load, from the outside. */
export const scrape: Measurement = {
  name: 'scrape',
  async measure({ scope, fixtures, load, effort: { runMs } }) {
    const service = await startService(scope, await fixtures.small(), { env: { HEKSHER_METRICS_PORT: '0' } });
    await load.run(scope, { url: service.url, paths: PATH, headers: {}, connections: CONNECTIONS, durationMs: runMs });
    const client = clientOf(scope, { url: new URL(service.metricsUrl).origin }, 1);
    const took: number[] = [];
    let bytes = 0;
    for (let count = 0; count < SCRAPES; count += 1) {
      const beganAt = performance.now();
      const { body } = await client.send({ path: '/metrics' });
      took.push(performance.now() - beganAt);
      bytes = body.length;
    }
    const notes = [`it has ${bytes} bytes`];
    const bar = { of: 'figure', is: 'at most', limit: 10 } as const;
    return [measured({ name: this.name, what: 'a scrape of the metrics', unit: 'ms', bar, notes }, took)];
  },
};

import { type Run } from '../alternate.js';
import { type Measurement } from '../bench.js';
import { atRate, type Operation } from '../closed-loop.js';
import { compared } from '../finding.js';
import { SMALL } from '../extents.js';
import { queryOfFirst } from '../queries.js';
import { clientOf, startService } from '../service.js';
import { median } from '../statistics.js';
import { CONNECTIONS, compareWithYardstick } from '../throughput.js';
import { valueWriter } from '../writer.js';

const WRITES_PER_S = 50;
/** A service has long compiled what it runs again and again. */
const WRITES_BEFORE = 2_000;
const PATH = queryOfFirst(SMALL.settings);

/** A run with writes going on, whose rate it notes: a service that held up the writers would be flattered. */
function whileWriting(run: Run, write: Operation, rates: number[]): Run {
  return async (durationMs, round) => {
    const startedAt = performance.now();
    const writing = atRate(WRITES_PER_S, write);
    try {
      return await run(durationMs, round);
    } finally {
      const written = await writing.stop();
      rates.push((written * 1_000) / (performance.now() - startedAt));
    }
  };
}

/** The writes change the very answer that is asked for, and go on while the service is measured only. */
export const underWrites: Measurement = {
  name: 'under-writes',
  processes: 3,
  async measure(bench) {
    const { scope, fixtures } = bench;
    const service = await startService(scope, await fixtures.copy(scope, await fixtures.small()));
    const write = valueWriter(clientOf(scope, service, 16));
    for (let count = 0; count < WRITES_BEFORE; count += 1) await write();
    const answer = await clientOf(scope, service, 1).send({ path: PATH });
    const rates: number[] = [];
    const comparison = await compareWithYardstick(bench, service, { path: PATH, answer }, (run) =>
      whileWriting(run, write, rates),
    );
    const rate = median(rates);
    const isJudged = rate >= 0.9 * WRITES_PER_S;
    const about = {
      name: this.name,
      what: `repeated query with ${WRITES_PER_S} writes/s to its rules, 20 settings × 10 rules, ${CONNECTIONS} connections`,
      unit: 'req/s',
      against: 'bare node:http, same answer, no writes',
      ...(isJudged && { bar: { of: 'ratio', is: 'at least', limit: 0.6 } as const }),
      notes: [`${rate.toFixed(1)} writes/s were done${isJudged ? '' : ': too few to judge it'}`],
    };
    return [compared(about, comparison)];
  },
};

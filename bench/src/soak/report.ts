import { type Circumstances } from '../machine.js';
import { median } from '../statistics.js';
import { type Counts, RATES, STREAMS } from './clients.js';
import { type Sample } from './sample.js';

/** The first tenth is left out: the service compiles, and fills its cache. */
const WARM = 0.1;

const FIGURES = {
  'resident memory (MB)': ({ resident }) => resident,
  'heap after garbage collection (MB)': ({ heap }) => heap,
  'open descriptors': ({ descriptors }) => descriptors,
  'repeated query, p50 (ms)': ({ p50 }) => p50,
  'repeated query, p99 (ms)': ({ p99 }) => p99,
} satisfies Record<string, (sample: Sample) => number>;

/** docs/soak.md. */
export function reportOf(
  samples: readonly Sample[],
  restarts: readonly number[],
  { processor, cores, memoryGb, node, postgres, date }: Circumstances,
): string {
  const warm = samples.slice(Math.ceil(samples.length * WARM));
  const third = Math.floor(warm.length / 3);
  const rows = Object.entries(FIGURES).map(([name, of]) => {
    const [first, last] = [warm.slice(0, third), warm.slice(-third)].map((part) => median(part.map(of)));
    return `| ${name} | ${first?.toFixed(1)} | ${last?.toFixed(1)} |`;
  });
  const sum = (of: keyof Counts): number => samples.reduce((total, { counts }) => total + counts[of], 0);
  const minutes = ((samples.at(-1)?.second ?? 0) / 60).toFixed(0);
  return `# Soak

\`npm run soak -- MINUTES\` runs one replica with access control on a database of 500 settings and 20 000 rules, at a bounded rate: ${RATES.repeated} repeated
queries a second, ${RATES.distinct} distinct ones, ${RATES.evaluations} evaluations, ${RATES.writes} writes, a key made, used and revoked every ${1 / RATES.keys} seconds, and ${STREAMS} streams of changes,
of which one is closed and opened every ${1 / RATES.streams} seconds. All requests are by key. The cache of answers has 8 MB, so that it is full soon. PostgreSQL is killed (SIGKILL) now and then: the dashed lines. This page and its
drawing are written by that run.

![Memory, descriptors and latency over time](soak.svg)

This run took **${minutes} minutes**: ${sum('reads')} reads, of which ${sum('failedReads')} failed and ${sum('stale')} were marked stale while PostgreSQL recovered from ${restarts.length} kills; ${sum('writes')} writes,
of which ${sum('refusedWrites')} were refused then; ${sum('events')} events of streams.

| median of | first third | last third |
| --- | --- | --- |
${rows.join('\n')}

The first tenth is left out of the thirds. Run on ${date.slice(0, 10)} on ${cores} processors (${processor}) with ${memoryGb} GB, which other programs used too: latencies have
their load in them. Node ${node}, PostgreSQL ${postgres}.
`;
}

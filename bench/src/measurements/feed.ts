import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Measurement } from '../bench.js';
import { connect } from '../database-server.js';
import { SMALL } from '../extents.js';
import { compared, measured } from '../finding.js';
import { residentMemory } from '../memory.js';
import { settingName } from '../names.js';
import { processorMs } from '../processor.js';
import { queryOfFirst } from '../queries.js';
import { startService } from '../service.js';
import { quantile } from '../statistics.js';
import { monotonicMs, openStreams } from '../streams.js';
import { compareRepeated, CONNECTIONS } from '../throughput.js';

const FOLLOWING = 1_000;
const IDLE = 5_000;
const REMEMBERED = 10_000;
const COMMITS = 50;

/** As many as are opened. */
const ENV = { HEKSHER_STREAMS_MAX: String(REMEMBERED + IDLE) };

/**
 * Of each commit, how long after its acknowledgement half of the streams, nearly all, and all have its event, in milliseconds; and the
 * processor time of the service for each event of each stream, in microseconds.
 */
async function commitToEvent({ scope, fixtures, effort }: Bench, streams: number) {
  const database = await fixtures.copy(scope, await fixtures.small());
  const service = await startService(scope, database, { env: ENV });
  const writer = await connect(scope, database.address);
  const { next } = await openStreams(scope, service, streams);
  const [halves, nearlyAll, all]: [number[], number[], number[]] = [[], [], []];
  const commits = effort.repeats === 1 ? 5 : COMMITS;
  let workedBefore = 0;
  for (let commit = -2; commit < commits; commit += 1) {
    // The first ones are for what is compiled then.
    if (commit === 0) workedBefore = await processorMs(service.pid);
    const coming = next();
    await writer.query('update settings set default_value = $1 where name = $2', [String(commit + 10), settingName(1)]);
    const committedAt = monotonicMs();
    const late = (await coming).map((at) => at - committedAt);
    await sleep(50);
    if (commit < 0) continue;
    halves.push(quantile(late, 0.5));
    nearlyAll.push(quantile(late, 0.99));
    all.push(late.at(-1) ?? NaN);
  }
  const worked = (await processorMs(service.pid)) - workedBefore;
  return { halves, nearlyAll, all, costUs: (worked * 1_000) / (commits * streams) };
}

/** How soon changes reach those who follow, and what those cost who only wait. */
export const feed: Measurement = {
  name: 'feed',
  async measure(bench) {
    const { scope, fixtures, effort } = bench;
    const scale = effort.repeats === 1 ? 0.1 : 1;
    const [following, idle, remembered] = [FOLLOWING, IDLE, REMEMBERED].map((count) => Math.round(count * scale));
    const few = await commitToEvent(bench, following ?? 0);
    const many = await commitToEvent(bench, remembered ?? 0);
    const database = await fixtures.small();
    const sides = [
      await startService(scope, database, { env: ENV }),
      await startService(scope, database, { env: ENV }),
    ] as const;
    const streams = await openStreams(scope, sides[0], idle ?? 0);
    const queries = await compareRepeated(bench, sides, { path: queryOfFirst(SMALL.settings) });
    streams.close();
    const waited = await startService(scope, database, { env: ENV });
    await sleep(effort.idleMs);
    const before = await residentMemory(waited.pid);
    await openStreams(scope, waited, remembered ?? 0);
    await sleep(effort.idleMs);
    const growth = (await residentMemory(waited.pid)).now - before.now;
    const about = `from a commit until it is at half of ${following} streams`;
    return [
      measured({ name: 'feed-event', what: about, unit: 'ms', bar: atMost(10) }, few.halves),
      measured(
        { name: 'feed-event-99', what: 'until it is at 99 % of them', unit: 'ms', bar: atMost(50) },
        few.nearlyAll,
      ),
      measured(
        { name: 'feed-event-all', what: `until it is at all of ${remembered} streams`, unit: 'ms', bar: atMost(1_000) },
        many.all,
      ),
      measured(
        { name: 'feed-event-cost', what: `processor time for each event of each of ${remembered} streams`, unit: 'µs' },
        [many.costUs],
      ),
      compared(
        {
          name: 'feed-queries',
          what: `repeated query, ${CONNECTIONS} connections, beside ${idle} idle streams`,
          unit: 'req/s',
          against: 'the same without streams',
          bar: { of: 'ratio', is: 'at least', limit: 0.95 },
        },
        queries,
      ),
      measured({ name: 'feed-memory', what: `memory of ${remembered} idle streams`, unit: 'MB', bar: atMost(250) }, [
        growth,
      ]),
    ];
  },
};

function atMost(limit: number) {
  return { of: 'figure', is: 'at most', limit } as const;
}

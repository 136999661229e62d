import { once } from 'node:events';
import { type Bench, type Measurement } from '../bench.js';
import { type Database } from '../database-server.js';
import { SMALL } from '../extents.js';
import { compared, measured } from '../finding.js';
import { type HttpClient } from '../http-client.js';
import { AUDIENCE, type Issuer, startIssuer } from '../issuer.js';
import { firstUsesOf } from '../probe-client.js';
import { processorMs } from '../processor.js';
import { queryOfFirst } from '../queries.js';
import { type Scope } from '../scope.js';
import { clientOf, type Service, startService } from '../service.js';
import { median, quantile } from '../statistics.js';
import { CONNECTIONS } from '../throughput.js';

const PATH = queryOfFirst(SMALL.settings);
const MOST_TOKENS = 10_000;

/** Of so many requests the slowest but one in a hundred is told. */
const TOKENS_OF_RUN = 500;

/** What a token costs that was not seen before, and what it costs to keep very many. */
export const accessTokens: Measurement = {
  name: 'access-tokens',
  async measure(bench) {
    const issuer = await startIssuer(bench.scope);
    const database = await bench.fixtures.small();
    const first = await firstUses(bench, issuer, database);
    const grown: number[] = [];
    for (let repeat = 0; repeat < Math.min(3, bench.effort.repeats); repeat += 1)
      grown.push(await bench.scope.within((scope) => growth(scope, issuer, database)));
    return [
      measured(
        {
          name: `${this.name}-first-use`,
          what: `from a request by a JWT that was not seen before until the service knows who sends it: 99th percentile of ${TOKENS_OF_RUN}`,
          unit: 'ms',
          bar: { of: 'figure', is: 'at most', limit: 1 },
          notes: [
            `the service's processors work ${first.processorMs.toFixed(3)} ms longer for one that was not seen before`,
          ],
        },
        first.verifying,
      ),
      compared(
        {
          name: `${this.name}-first-request`,
          what: `repeated query by a JWT that was not seen before, one connection: 99th percentile of ${TOKENS_OF_RUN} at the client`,
          unit: 'ms',
          against: 'the same by a token that was',
        },
        { ours: first.unknown, theirs: first.known },
      ),
      measured(
        {
          name: `${this.name}-memory`,
          what: `what ${MOST_TOKENS} tokens of different subjects take in memory, after garbage collection`,
          unit: 'MB',
          bar: { of: 'figure', is: 'at most', limit: 20 },
        },
        grown,
      ),
    ];
  },
};

const started = (scope: Scope, { url }: Issuer, database: Database): Promise<Service> => {
  const env = { HEKSHER_AUTH: 'on', HEKSHER_OAUTH_ISSUER: url, HEKSHER_OAUTH_AUDIENCE: AUDIENCE };
  return startService(scope, database, { withProbe: true, env });
};

/** Of each run 99th percentiles in milliseconds; of the processor the median of what it works longer for a token that was not seen before. */
type FirstUses = Readonly<{
  verifying: readonly number[];
  unknown: readonly number[];
  known: readonly number[];
  processorMs: number;
}>;

/**
 * What a first use adds is measured within the service: at the client the time of a request by either kind of token is for the most part the
 * client's own and Node's, and its 99th percentile that of other work on the machine.
 */
async function firstUses({ scope, effort }: Bench, issuer: Issuer, database: Database): Promise<FirstUses> {
  const service = await started(scope, issuer, database);
  const client = clientOf(scope, service, 1);
  /** The 99th percentile of the times, and what the processors worked for each. */
  const use = async (tokens: readonly string[]): Promise<readonly [ms: number, workedMs: number]> => {
    const times: number[] = [];
    const before = await processorMs(service.pid);
    for (const token of tokens) times.push(await timeOf(client, token));
    return [quantile(times, 0.99), ((await processorMs(service.pid)) - before) / tokens.length];
  };
  const known = await issuer.token('known');
  const runs = { verifying: [] as number[], unknown: [] as number[], known: [] as number[], worked: [] as number[] };
  // The first one fetches the keys, and warms up.
  for (let run = 0; run <= effort.pairs; run += 1) {
    await firstUsesOf(service);
    const [ofUnknown, workedForUnknown] = await use(await tokensOf(issuer, `run ${run}`, TOKENS_OF_RUN));
    const verifying = await firstUsesOf(service);
    if (verifying.length !== TOKENS_OF_RUN)
      throw new Error(`${verifying.length} of ${TOKENS_OF_RUN} tokens were verified`);
    const [ofKnown, workedForKnown] = await use(Array<string>(TOKENS_OF_RUN).fill(known));
    if (run === 0) continue;
    runs.verifying.push(quantile(verifying, 0.99));
    runs.unknown.push(ofUnknown);
    runs.known.push(ofKnown);
    runs.worked.push(workedForUnknown - workedForKnown);
  }
  return { verifying: runs.verifying, unknown: runs.unknown, known: runs.known, processorMs: median(runs.worked) };
}

/** In MB. */
async function growth(scope: Scope, issuer: Issuer, database: Database): Promise<number> {
  const service = await started(scope, issuer, database);
  const client = clientOf(scope, service, CONNECTIONS);
  const use = async (tokens: readonly string[]): Promise<void> => {
    for (let start = 0; start < tokens.length; start += CONNECTIONS)
      await Promise.all(tokens.slice(start, start + CONNECTIONS).map((token) => timeOf(client, token)));
  };
  const one = await issuer.token('one');
  await use(Array<string>(MOST_TOKENS).fill(one));
  const before = await memoryOf(service);
  await use(await tokensOf(issuer, 'many', MOST_TOKENS));
  return (await memoryOf(service)) - before;
}

async function tokensOf({ token }: Issuer, of: string, count: number): Promise<readonly string[]> {
  const made: string[] = [];
  for (let index = 0; index < count; index += 1) made.push(await token(`${of}, subject ${index}`));
  return made;
}

async function timeOf(client: HttpClient, token: string): Promise<number> {
  const beganAt = performance.now();
  await client.send({ path: PATH, headers: { Authorization: `Bearer ${token}` } });
  return performance.now() - beganAt;
}

/** What is in use on the heap and beside it. */
async function memoryOf({ child }: Service): Promise<number> {
  const answered = once(child, 'message');
  child.send('memory');
  const [{ heapUsed, external }] = (await answered) as [NodeJS.MemoryUsage];
  return (heapUsed + external) / 1e6;
}

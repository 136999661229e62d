import { type Run } from '../alternate.js';
import { type Measurement } from '../bench.js';
import { atRate } from '../closed-loop.js';
import { connect } from '../database-server.js';
import { type Extent } from '../extents.js';
import { compared, measured } from '../finding.js';
import { insertSettings } from '../load-by-sql.js';
import { queryOfFirst } from '../queries.js';
import { clientOf, startService } from '../service.js';
import { CONNECTIONS, compareRepeated } from '../throughput.js';

const PAST: Extent = { settings: 500, rules: 100_000, users: 1_000 };
const CHANGES = 10_000;
const QUESTIONS = 20;
const PATH = queryOfFirst(20);

/** How many past rulesets are made in a second while queries are measured. */
const PAST_PER_S = 1;

/** So many changes, each a transaction of its own: of a rule's value, anywhere. */
const CHANGE = `
  do $$ begin
    for n in 1..${CHANGES} loop
      update rules set value = (10000 + n)::text where id = 1 + (n * 7919) % ${PAST.rules};
      commit;
    end loop;
  end $$`;

/** Evaluations as of states before ten thousand changes. No two of the first kind are of one state. */
export const past: Measurement = {
  name: 'past',
  processes: 3,
  async measure(bench) {
    const { scope, fixtures } = bench;
    const database = await fixtures.copy(scope, await fixtures.empty());
    await insertSettings(scope, database, PAST);
    const client = await connect(scope, database.address);
    const { rows } = await client.query<{ seq: string }>('select seq from heksher_revision');
    const before = Number(rows[0]?.seq);
    await client.query(CHANGE);
    const service = await startService(scope, database);
    const http = clientOf(scope, service, 1);
    const body = { context: { user: 'user_0001' }, settings: ['setting_0001'] };
    const evaluate = async (asOf: number): Promise<number> => {
      const startedAt = performance.now();
      await http.send({ method: 'POST', path: `/api/v1/evaluate?as_of=${asOf}`, body });
      return performance.now() - startedAt;
    };
    const first: number[] = [];
    const next: number[] = [];
    for (let question = 0; question < QUESTIONS; question += 1) {
      first.push(await evaluate(before + question));
      next.push(await evaluate(before + question));
    }
    let asked = 0;
    const whileMaking =
      (run: Run): Run =>
      async (durationMs, round) => {
        const making = atRate(PAST_PER_S, () => evaluate(before + QUESTIONS + (asked++ % (CHANGES / 2))));
        try {
          return await run(durationMs, round);
        } finally {
          await making.stop();
        }
      };
    const comparison = await compareRepeated(bench, [service, service], { path: PATH }, whileMaking);
    const bar = (limit: number) => ({ of: 'figure', is: 'at most', limit }) as const;
    return [
      measured(
        {
          name: 'past-first',
          what: `first evaluation as of ${CHANGES} changes ago, ${PAST.rules} rules`,
          unit: 'ms',
          bar: bar(1_500),
        },
        first,
      ),
      measured({ name: 'past-next', what: 'the next one as of the same state', unit: 'ms', bar: bar(5) }, next),
      compared(
        {
          name: 'past-meanwhile',
          what: `repeated query while ${PAST_PER_S} past ruleset is made each second, ${CONNECTIONS} connections`,
          unit: 'req/s',
          against: 'the same without',
          bar: { of: 'ratio', is: 'at least', limit: 0.95 },
        },
        comparison,
      ),
    ];
  },
};

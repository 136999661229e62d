import { type Bench, type Measurement } from '../bench.js';
import { startYardstick } from '../canned-answer.js';
import { type Finding, compared } from '../finding.js';
import { MEDIUM, SMALL } from '../extents.js';
import { type Answer } from '../http-client.js';
import { distinctQueries, queryOfFirst } from '../queries.js';
import { clientOf, type Service, startService } from '../service.js';
import { CONNECTIONS, compareDistinct, compareRepeated } from '../throughput.js';

const SAMPLES = 101;
/** A round that no run has. */
const SAMPLE_ROUND = 1_000;

/** Of some answers to queries that are not asked again the one of middle size. */
async function medianAnswer({ scope }: Bench, service: Service): Promise<Answer> {
  const client = clientOf(scope, service, 1);
  const answers: Answer[] = [];
  for (const path of distinctQueries(MEDIUM, SAMPLE_ROUND, SAMPLES)) answers.push(await client.send({ path }));
  const sorted = answers.sort((a, b) => a.body.length - b.body.length);
  const middle = sorted[Math.floor(SAMPLES / 2)];
  if (middle === undefined) throw new Error('there were no answers');
  return middle;
}

export const distinct: Measurement = {
  name: 'distinct-queries',
  processes: 3,
  async measure(bench) {
    const service = await startService(bench.scope, await bench.fixtures.medium());
    const answer = await medianAnswer(bench, service);
    const yardstick = await startYardstick(bench.scope, answer);
    const paths = (round: number): readonly string[] => distinctQueries(MEDIUM, round);
    const comparison = await compareDistinct(bench, [service, yardstick], paths);
    const about = {
      name: this.name,
      what: `every query different: 10 of 500 settings × 40 rules, 5 of 100 users, ${CONNECTIONS} connections`,
      unit: 'req/s',
      against: 'bare node:http, an answer of the median size',
      bar: { of: 'ratio', is: 'at least', limit: 0.45 },
      notes: [`the median answer has ${answer.body.length} bytes`],
    } as const;
    return [compared(about, comparison)];
  },
};

/** The first settings have the same rules in both databases, so that the same bytes are answered. */
export const manyRules: Measurement = {
  name: 'many-rules',
  processes: 3,
  async measure(bench) {
    const services = [
      await startService(bench.scope, await bench.fixtures.large()),
      await startService(bench.scope, await bench.fixtures.small()),
    ] as const;
    const about = (kind: string, how: string) =>
      ({
        name: `${this.name}-${kind}`,
        what: `10 settings × 10 rules of 1 000 000 rules in 5 000 settings, ${how}, ${CONNECTIONS} connections`,
        unit: 'req/s',
        against: 'Heksher with 200 rules',
        bar: { of: 'ratio', is: 'at least', limit: 0.95 },
      }) as const;
    const repeated = await compareRepeated(bench, services, { path: queryOfFirst(10) });
    const findings: Finding[] = [compared(about('repeated', 'repeated query'), repeated)];
    const distinct = await compareDistinct(bench, services, (round) => distinctQueries(SMALL, round));
    findings.push(compared(about('distinct', 'every query different'), distinct));
    return findings;
  },
};

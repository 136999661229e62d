import { type Bench, type Measurement } from '../bench.js';
import { atRate, type Operation } from '../closed-loop.js';
import { connect, type Database } from '../database-server.js';
import { type Finding, measured } from '../finding.js';
import { HUGE } from '../extents.js';
import { type HttpClient } from '../http-client.js';
import { insertPatterns } from '../load-by-sql.js';
import { queryOfFirst } from '../queries.js';
import { longestBlock } from '../probe-client.js';
import { clientOf, type Service, startService } from '../service.js';

/** A request that once stopped the others, or a write after which they waited. */
type Attack = Readonly<{ name: string; what: string; carryOut: (attacked: Attacked) => Promise<unknown> }>;

type Attacked = Readonly<{ client: HttpClient; sql: (text: string) => Promise<unknown> }>;

const CONTEXT = { user: 'user_0001' };
const READS_PER_S = 50;

/** Renaming and deleting so much takes the database seconds, which nobody reads during. */
const PATIENT = { HEKSHER_DB_STATEMENT_TIMEOUT_MS: '120000' };

const evaluate = (body: object) => (attacked: Attacked) =>
  attacked.client.send({ method: 'POST', path: '/api/v1/evaluate', body });

const ATTACKS: readonly Attack[] = [
  {
    name: 'explain',
    what: 'first explanation of a setting',
    carryOut: evaluate({ context: CONTEXT, settings: [HUGE.name], explain: true }),
  },
  {
    name: 'lint',
    what: 'lint of a setting',
    carryOut: ({ client }) => client.send({ path: `/api/v1/settings/${HUGE.name}/lint` }),
  },
  { name: 'evaluate-all', what: 'first evaluation of all settings', carryOut: evaluate({ context: CONTEXT }) },
  {
    name: 'query-all',
    what: 'query of everything with metadata',
    carryOut: ({ client }) => client.send({ path: '/api/v1/query?include_metadata=true' }),
  },
  {
    name: 'patterns',
    what: '1 000 of the costliest patterns added, and evaluated',
    carryOut: async (attacked) => {
      await insertPatterns(attacked.sql, HUGE.patterns);
      await evaluate({ context: CONTEXT })(attacked);
    },
  },
  {
    name: 'add-feature',
    what: 'a context feature added',
    carryOut: ({ client }) =>
      client.send({ method: 'POST', path: '/api/v1/context_features', body: { context_feature: 'late' } }),
  },
  {
    name: 'move-feature',
    what: 'a context feature moved',
    carryOut: ({ client }) =>
      client.send({ method: 'PATCH', path: '/api/v1/context_features/theme/index', body: { to_before: 'account' } }),
  },
  {
    name: 'rename',
    what: 'the setting renamed',
    carryOut: ({ client }) =>
      client.send({
        method: 'PUT',
        path: `/api/v1/settings/${HUGE.name}/name`,
        body: { name: 'renamed', version: '1.1' },
      }),
  },
  {
    name: 'delete',
    what: 'the setting deleted',
    carryOut: ({ client }) => client.send({ method: 'DELETE', path: '/api/v1/settings/renamed' }),
  },
];

/** An operation that notes the longest it took. */
function timed(operation: Operation): Readonly<{ run: Operation; longestMs: () => number }> {
  let longest = 0;
  const run = async (): Promise<void> => {
    const startedAt = performance.now();
    await operation();
    longest = Math.max(longest, performance.now() - startedAt);
  };
  return { run, longestMs: () => longest };
}

async function attack(
  { scope }: Bench,
  [service, database]: readonly [Service, Database],
  { name, what, carryOut }: Attack,
): Promise<readonly Finding[]> {
  const session = await connect(scope, database.address);
  const client = clientOf(scope, service, 1, false);
  const read = timed(() => reader.send({ path: queryOfFirst(10) }));
  const reader = clientOf(scope, service, 64, false);
  await read.run();
  await longestBlock(service);
  const reading = atRate(READS_PER_S, read.run);
  try {
    await carryOut({ client, sql: (text) => session.query(text) });
    await read.run();
  } finally {
    await reading.stop();
  }
  const block = await longestBlock(service);
  const about = `${what}, ${HUGE.rules.toLocaleString('en').replaceAll(',', ' ')} rules, ${HUGE.members.toLocaleString('en').replaceAll(',', ' ')} members`;
  return [
    measured(
      {
        name: `block-${name}`,
        what: `${about}: longest block of the event loop`,
        unit: 'ms',
        bar: { of: 'figure', is: 'at most', limit: 50 },
      },
      [block],
    ),
    measured(
      {
        name: `wait-${name}`,
        what: `${about}: longest query of others meanwhile`,
        unit: 'ms',
        bar: { of: 'figure', is: 'at most', limit: 1_000 },
      },
      [read.longestMs()],
    ),
  ];
}

/** What one request, or one write, costs all others. */
export const attacks: Measurement = {
  name: 'attacks',
  async measure(bench) {
    const database = await bench.fixtures.copy(bench.scope, await bench.fixtures.huge());
    const service = await startService(bench.scope, database, { withProbe: true, env: PATIENT });
    const findings: Finding[] = [];
    for (const one of ATTACKS) {
      findings.push(...(await bench.scope.within((scope) => attack({ ...bench, scope }, [service, database], one))));
    }
    return findings;
  },
};

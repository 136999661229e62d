import { type Bench, type Measurement } from '../bench.js';
import { compared, type Finding } from '../finding.js';
import { FLAGS } from '../extents.js';
import { settingName } from '../names.js';
import { clientOf, startService } from '../service.js';
import { CONNECTIONS, compareWithYardstick } from '../throughput.js';

const PATH = '/ofrep/v1/evaluate/flags';
const CONTEXT = { context: { user: 'user_0000', account: 'account_7', theme: 'dark', country: 'nl' } };

/** Without a limit there is no bar; `env` is that of the service. */
type Asked = Readonly<{
  name: string;
  path: string;
  what: string;
  limit?: number;
  env?: Readonly<Record<string, string>>;
}>;

/** Flags asked for over and over in one context. */
async function measureFlags(bench: Bench, { name, path, what, limit, env = {} }: Asked): Promise<Finding> {
  const service = await startService(bench.scope, await bench.fixtures.flags(), { env });
  const answer = await clientOf(bench.scope, service, 1).send({ method: 'POST', path, body: CONTEXT });
  const asked = { path, body: JSON.stringify(CONTEXT), headers: { 'Content-Type': 'application/json' } };
  const comparison = await compareWithYardstick(bench, service, { ...asked, answer });
  const about = {
    name,
    what: `${what}, each with 10 rules and a rollout, ${CONNECTIONS} connections`,
    unit: 'req/s',
    against: 'bare node:http that parses the same JSON, same answer',
    ...(limit !== undefined && { bar: { of: 'ratio', is: 'at least', limit } as const }),
    notes: [`an answer has ${answer.body.length} bytes`],
  } as const;
  return compared(about, comparison);
}

export const ofrep: Measurement = {
  name: 'ofrep',
  processes: 3,
  async measure(bench) {
    const all = `OFREP, all of ${FLAGS.settings} flags`;
    const asked: readonly Asked[] = [
      { name: `${this.name}-one`, path: `${PATH}/${settingName(7)}`, what: 'OFREP, one flag', limit: 0.35 },
      { name: `${this.name}-all`, path: PATH, what: all, limit: 0.25 },
      {
        name: `${this.name}-all-evaluated`,
        path: PATH,
        what: `${all}, where no answer is kept`,
        limit: 0.25,
        env: { HEKSHER_QUERY_CACHE_MB: '0' },
      },
    ];
    const findings: Finding[] = [];
    for (const one of asked) findings.push(await measureFlags(bench, one));
    return findings;
  },
};

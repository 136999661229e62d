import { type Bench, type Measurement } from '../bench.js';
import { compared, type Finding } from '../finding.js';
import { FLAGS } from '../fixtures.js';
import { settingName } from '../names.js';
import { clientOf, startService } from '../service.js';
import { CONNECTIONS, compareWithYardstick } from '../throughput.js';

const PATH = '/ofrep/v1/evaluate/flags';
const CONTEXT = { context: { user: 'user_0000', account: 'account_7', theme: 'dark', country: 'nl' } };

type Asked = Readonly<{ name: string; path: string; what: string; limit: number }>;

/** Flags asked for over and over in one context, which is evaluated each time. */
async function measureFlags(bench: Bench, { name, path, what, limit }: Asked): Promise<Finding> {
  const service = await startService(bench.scope, await bench.fixtures.flags());
  const answer = await clientOf(bench.scope, service, 1).send({ method: 'POST', path, body: CONTEXT });
  const asked = { path, body: JSON.stringify(CONTEXT), headers: { 'Content-Type': 'application/json' } };
  const comparison = await compareWithYardstick(bench, service, { ...asked, answer });
  const about = {
    name,
    what: `${what}, each with 10 rules and a rollout, ${CONNECTIONS} connections`,
    unit: 'req/s',
    against: 'bare node:http that parses the same JSON, same answer',
    bar: { of: 'ratio', is: 'at least', limit },
    notes: [`an answer has ${answer.body.length} bytes`],
  } as const;
  return compared(about, comparison);
}

export const ofrep: Measurement = {
  name: 'ofrep',
  async measure(bench) {
    const one = { name: `${this.name}-one`, path: `${PATH}/${settingName(7)}`, what: 'OFREP, one flag', limit: 0.35 };
    const all = { name: `${this.name}-all`, path: PATH, what: `OFREP, all of ${FLAGS.settings} flags`, limit: 0.25 };
    return [await measureFlags(bench, one), await measureFlags(bench, all)];
  },
};

import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { type Bench, type Measurement } from '../bench.js';
import { ratePerSecond } from '../closed-loop.js';
import { connect } from '../database-server.js';
import { type Finding, measured } from '../finding.js';
import { median } from '../statistics.js';

/** The statement by which the service sees whether anything changed, prepared on first use as it does. */
export const CHECK = { name: 'revision', text: 'select r.seq, r.token from heksher_revision r', rowMode: 'array' };

/** The unit of times in /proc: 1/100 s on every Linux. */
const TICKS_PER_S = 100;

/** Processor time that the sessions' server processes have used, in seconds; NaN where they are not on this Linux. */
async function processorSeconds(pids: readonly number[]): Promise<number> {
  const times = pids.map(async (pid) => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const [, user, system] = /^\d+ \(postgres\) (?:\S+ ){11}(\d+) (\d+) /.exec(stat) ?? [];
    return (Number(user) + Number(system)) / TICKS_PER_S;
  });
  return (await Promise.all(times)).reduce((sum, seconds) => sum + seconds, 0);
}

async function pidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

async function checkFrom({ scope, effort, fixtures }: Bench, connections: number): Promise<Finding> {
  const { address } = await fixtures.small();
  const clients = await Promise.all(Array.from({ length: connections }, () => connect(scope, address)));
  const pids = await Promise.all(clients.map(pidOf));
  const workers = clients.map((client) => () => client.query(CHECK));
  const rates: number[] = [];
  const micros: number[] = [];
  await ratePerSecond(workers, effort.warmUpMs);
  for (let run = 0; run < effort.pairs; run += 1) {
    const before = await processorSeconds(pids);
    const startedAt = performance.now();
    const rate = await ratePerSecond(workers, effort.runMs);
    const checks = (rate * (performance.now() - startedAt)) / 1_000;
    rates.push(rate);
    micros.push((((await processorSeconds(pids)) - before) * 1e6) / checks);
  }
  const name = `revision-checks-${connections}`;
  const what = `revision checks from ${connections} connection${connections === 1 ? '' : 's'} of one Node process`;
  return measured({ name, what, unit: 'checks/s', notes: cost(median(micros)) }, rates);
}

function cost(micros: number): readonly string[] {
  if (Number.isNaN(micros)) return ["PostgreSQL's own share of the processor could not be read"];
  return [
    `a check costs PostgreSQL ${micros.toFixed(1)} µs of processor time, so a core of its own takes about ${Math.round(1e6 / micros)}/s`,
  ];
}

export const revisionChecks: Measurement = {
  name: 'revision-checks',
  async measure(bench) {
    const findings: Finding[] = [];
    for (const connections of [1, 4, 16]) {
      findings.push(await bench.scope.within((scope) => checkFrom({ ...bench, scope }, connections)));
    }
    return findings;
  },
};

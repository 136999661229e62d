import { type Backend, MemoryBackend, RedisBackend, RedisHighPerfBackend, Rollout } from '@heksher/rollout';
import { alternate, type Run } from '../alternate.js';
import { type Bench, type Measurement } from '../bench.js';
import { compared, type Finding, measured } from '../finding.js';
import { openRedis } from '../redis-server.js';
import { median } from '../statistics.js';

const MEMBERS = 10_000;
const NAME = 'FOO';

const member = (index: number): string => `USER-${index}`;

/** The mean time in microseconds of 20 000 checks one after the other: of each member, and in between of who is none. */
async function microsPerCheck(check: (id: string) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  for (let index = 0; index < MEMBERS; index += 1) {
    await check(member(index));
    await check('USER-a');
  }
  return ((performance.now() - startedAt) * 1_000) / (2 * MEMBERS);
}

/** A rollout with all members registered, and how long that took. */
async function registered(backend: Backend): Promise<Readonly<{ rollout: Rollout; note: string }>> {
  const rollout = new Rollout(backend);
  await rollout.addFunc(NAME, { percentage: 0 });
  const startedAt = performance.now();
  for (let index = 0; index < MEMBERS; index += 1) await rollout.register(NAME, member(index));
  const seconds = (performance.now() - startedAt) / 1_000;
  return { rollout, note: `registering ${MEMBERS} members one after the other took ${seconds.toFixed(2)} s` };
}

async function onRedis(bench: Bench): Promise<readonly Finding[]> {
  const { client, version } = await openRedis(bench.scope);
  for (let index = 0; index < MEMBERS; index += 1) await client.sAdd('raw', member(index));
  const raw: Run = () => microsPerCheck((id) => client.sIsMember('raw', id));
  const findings: Finding[] = [];
  for (const [kind, Backend, limit] of [
    ['redis-high-perf', RedisHighPerfBackend, 1.5],
    ['redis', RedisBackend, 3],
  ] as const) {
    const { rollout, note } = await registered(new Backend({ client }));
    const about = {
      name: `rollout-library-${kind}`,
      what: `a check of ${Backend.name}, ${MEMBERS} members, one after the other`,
      unit: 'µs',
      against: `SISMEMBER by the same client, Redis ${version}`,
      bar: { of: 'ratio', is: 'at most', limit },
      notes: [note],
    } as const;
    findings.push(
      compared(about, await alternate(bench, () => microsPerCheck((id) => rollout.isEnabled(NAME, id)), raw)),
    );
  }
  return findings;
}

async function inMemory({ effort }: Bench): Promise<Finding> {
  const { rollout } = await registered(new MemoryBackend());
  const millionsPerSecond = async (durationMs: number): Promise<number> => {
    const micros: number[] = [];
    const deadline = performance.now() + durationMs;
    do micros.push(await microsPerCheck((id) => rollout.isEnabled(NAME, id)));
    while (performance.now() < deadline);
    return 1 / median(micros);
  };
  await millionsPerSecond(effort.warmUpMs);
  const rates: number[] = [];
  for (let run = 0; run < effort.pairs; run += 1) rates.push(await millionsPerSecond(effort.runMs));
  const what = `checks of MemoryBackend, ${MEMBERS} members, one after the other`;
  return measured({ name: 'rollout-library-memory', what, unit: 'million/s' }, rates);
}

/** The stand-alone library, loaded as the benchmark of the library that it follows does. */
export const rolloutLibrary: Measurement = {
  name: 'rollout-library',
  measure: async (bench) => [await inMemory(bench), ...(await onRedis(bench))],
};

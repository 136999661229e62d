import { setTimeout as sleep } from 'node:timers/promises';
import { HeksherClient, setting } from '@heksher/client';
import { type Bench, type Measurement } from '../bench.js';
import { type Database } from '../database-server.js';
import { measured } from '../finding.js';
import { residentMemory } from '../memory.js';
import { FEATURES, settingName, userName } from '../names.js';
import { processorMs } from '../processor.js';
import { type Scope } from '../scope.js';
import { clientOf, type Service, startService } from '../service.js';

const CLIENTS = 1_000;
/** Six times as often as clients do unless they are told, so that something is to be seen. */
const INTERVAL_MS = 10_000;
const NAME = settingName(0);

type Mode = 'poll' | 'stream';

/** Clients of one setting each, as so many programs have; a stream is asked for with the interval that there is without it. */
async function startClients(
  scope: Scope,
  { url }: Service,
  count: number,
  updates: Mode,
): Promise<readonly HeksherClient[]> {
  const clients: HeksherClient[] = [];
  for (let index = 0; index < count; index += 50) {
    const some = Array.from({ length: Math.min(50, count - index) }, async () => {
      const size = setting(NAME, { type: 'int', configurableFeatures: [...FEATURES], defaultValue: 0 });
      const options = { url, settings: [size], declare: false, updates };
      const client = await HeksherClient.start({
        ...options,
        ...(updates === 'poll' && { updateIntervalMs: INTERVAL_MS }),
      });
      scope.defer(() => client.close());
      return client;
    });
    clients.push(...(await Promise.all(some)));
  }
  while (updates === 'stream' && !clients.every((client) => client.status().isStreaming)) await sleep(20);
  return clients;
}

/** How long after the answer to a write the last client says that it serves it, in milliseconds; 0 where that came before. */
async function timeWrites(
  scope: Scope,
  service: Service,
  clients: readonly HeksherClient[],
  writes: number,
): Promise<readonly number[]> {
  const writer = clientOf(scope, service, 1);
  const body = { setting: NAME, feature_values: { user: userName(0), account: 'bench' }, value: 0 };
  const made = JSON.parse((await writer.send({ method: 'POST', path: '/api/v1/rules', body })).body.toString()) as {
    rule_id: number;
  };
  await sleep(1_000);
  const times: number[] = [];
  for (let value = 1; value <= writes; value += 1) {
    const told = clients.map(
      (client) =>
        new Promise<number>((resolve) => {
          const end = client.onChange(() => {
            end();
            resolve(performance.now());
          });
        }),
    );
    await writer.send({ method: 'PUT', path: `/api/v1/rules/${made.rule_id}/value`, body: { value } });
    const answeredAt = performance.now();
    times.push(Math.max(0, ...(await Promise.all(told)).map((at) => at - answeredAt)));
    await sleep(20);
  }
  return times;
}

/** Of a service with so many clients: its memory beyond what it has without them, in MB, and its work, in percent of a core. */
async function costs(
  { scope, effort }: Bench,
  service: Service,
  updates: Mode,
): Promise<Readonly<{ memory: number; work: number; clients: readonly HeksherClient[] }>> {
  const before = (await residentMemory(service.pid)).now;
  const clients = await startClients(scope, service, CLIENTS, updates);
  await sleep(effort.idleMs);
  const startedAt = performance.now();
  const workedMs = await processorMs(service.pid);
  await sleep(effort.longRunMs);
  const work = ((await processorMs(service.pid)) - workedMs) / (performance.now() - startedAt);
  return { memory: (await residentMemory(service.pid)).now - before, work: work * 100, clients };
}

const within = <T>(
  bench: Bench,
  database: Database,
  work: (bench: Bench, service: Service) => Promise<T>,
): Promise<T> =>
  bench.scope.within(async (scope) => {
    const service = await startService(scope, await bench.fixtures.copy(scope, database));
    return work({ ...bench, scope }, service);
  });

export const clientUpdates: Measurement = {
  name: 'client-updates',
  async measure(bench) {
    const { effort, fixtures } = bench;
    const small = await fixtures.small();
    const streaming = await within(bench, small, async (inner, service) => {
      const { clients, ...rest } = await costs(inner, service, 'stream');
      return { ...rest, times: await timeWrites(inner.scope, service, clients, effort.repeats * 2) };
    });
    const polling = await within(bench, small, (inner, service) => costs(inner, service, 'poll'));
    const about = (name: string, what: string, unit: string) => ({ name: `${this.name}-${name}`, what, unit });
    const poll = `${CLIENTS} clients that ask every ${INTERVAL_MS / 1_000} s`;
    const stream = `${CLIENTS} clients with a stream, while nothing is written`;
    return [
      measured(
        about('all', `from the answer to a write until the last of ${CLIENTS} clients with a stream serves it`, 'ms'),
        streaming.times,
      ),
      measured(about('poll-work', `work of the service for ${poll}`, '% of a core'), [polling.work]),
      measured(about('poll-memory', `memory of the service for ${poll}`, 'MB'), [polling.memory]),
      measured(about('stream-work', `work of the service for ${stream}`, '% of a core'), [streaming.work]),
      measured(about('stream-memory', `memory of the service for ${stream}`, 'MB'), [streaming.memory]),
    ];
  },
};

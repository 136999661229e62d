import { setTimeout as sleep } from 'node:timers/promises';
import { HeksherClient, polling, setting, type UpdateSource } from '@heksher/client';
import { type Measurement } from '../bench.js';
import { compared, measured } from '../finding.js';
import { type HttpClient } from '../http-client.js';
import { FEATURES, settingName } from '../names.js';
import { processorMs } from '../processor.js';
import { type Scope } from '../scope.js';
import { clientOf, type Service, startService } from '../service.js';
import { CONNECTIONS } from '../throughput.js';

const CLIENTS = 1_000;
/** Six times as often as clients do unless they are told, so that something is to be seen. */
const INTERVAL_MS = 10_000;
const NAME = settingName(0);
const PATH = `/api/v1/query?settings=${NAME}&context_filters=${encodeURIComponent('*')}&include_rollouts=true`;
const AT_ONCE = 50;
const COUNTS = /^http_server_request_duration_seconds_count\{(.*)\} (\d+)$/gm;
const ENV = { HEKSHER_METRICS_PORT: '0' };

/** What clients that ask by the clock cost the service, against the plainest requests that are answered 304. */
export const feedPolling: Measurement = {
  name: 'feed-polling',
  async measure({ scope, fixtures, effort }) {
    const database = await fixtures.small();
    const asked = await startService(scope, database, { env: ENV });
    const bare = await startService(scope, database, { env: ENV });
    const askBare = await unchangedBy(clientOf(scope, bare, CONNECTIONS));
    const idle = await worked([asked, bare], () => sleep(effort.idleMs));
    const idlePerMs = idle.map((ms) => ms / effort.idleMs);
    let polls = 0;
    const bareAnswers: Promise<void>[] = [];
    const clients = await startClients(asked, () => {
      polls += 1;
      // As many as the clients send, and at the same times.
      bareAnswers.push(askBare());
    });
    scope.defer(() => Promise.all(clients.map((client) => client.close())));
    await sleep(INTERVAL_MS);
    const pollsBefore = polls;
    const work = await worked([asked, bare], () => sleep(effort.longRunMs));
    const pollsOfWork = polls - pollsBefore;
    await Promise.all(clients.map((client) => client.close()));
    await Promise.all(bareAnswers);
    const { unchanged, others } = await answersOf(scope, asked);
    const [ours = NaN, theirs = NaN] = work.map(
      (ms, side) => ((ms - (idlePerMs[side] ?? 0) * effort.longRunMs) * 1_000) / pollsOfWork,
    );
    const who = `${CLIENTS} clients that ask every ${INTERVAL_MS / 1_000} s`;
    const bar = (limit: number) => ({ of: 'figure', is: 'at most', limit }) as const;
    return [
      measured(
        { name: this.name, what: `answers 304 for each time that one of ${who} asks`, unit: 'answers', bar: bar(1) },
        [unchanged / polls],
      ),
      measured(
        {
          name: `${this.name}-bodies`,
          what: `answers with a body to ${who}, after their first`,
          unit: 'answers',
          bar: bar(0),
        },
        [others - CLIENTS],
      ),
      compared(
        {
          name: `${this.name}-work`,
          what: `processor time of the service for each time that one of ${who} asks`,
          unit: 'µs',
          against: `as many bare requests at the same times over ${CONNECTIONS} connections that stay open`,
          notes: [`they asked ${pollsOfWork} times`],
        },
        { ours: [ours], theirs: [theirs] },
      ),
    ];
  },
};

/** What the processors work for each of them meanwhile, in milliseconds. */
async function worked(services: readonly Service[], meanwhile: () => Promise<void>): Promise<readonly number[]> {
  const times = () => Promise.all(services.map(({ pid }) => processorMs(pid)));
  const before = await times();
  await meanwhile();
  return (await times()).map((ms, side) => ms - (before[side] ?? NaN));
}

/** Sends what a client asks for again and again, and throws where it is not answered 304. */
async function unchangedBy(client: HttpClient): Promise<() => Promise<void>> {
  const { rawHeaders } = await client.send({ path: PATH });
  const etag = rawHeaders[rawHeaders.findIndex((text) => text.toLowerCase() === 'etag') + 1] ?? '';
  return async () => {
    const { status } = await client.send({ path: PATH, headers: { 'If-None-Match': etag } });
    if (status !== 304) throw new Error(`an unchanged answer had the status ${status}`);
  };
}

async function startClients({ url }: Service, onPoll: () => void): Promise<readonly HeksherClient[]> {
  const clients: HeksherClient[] = [];
  for (let index = 0; index < CLIENTS; index += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, () => {
      const size = setting(NAME, { type: 'int', configurableFeatures: [...FEATURES], defaultValue: 0 });
      const updates: UpdateSource = (given) =>
        polling(INTERVAL_MS)({
          ...given,
          refresh: () => {
            onPoll();
            return given.refresh();
          },
        });
      return HeksherClient.start({ url, settings: [size], declare: false, updates });
    });
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

/** How many queries a service answered 304, and how many in another way. */
async function answersOf(
  scope: Scope,
  { metricsUrl }: Service,
): Promise<Readonly<{ unchanged: number; others: number }>> {
  const { origin, pathname } = new URL(metricsUrl);
  const { body } = await clientOf(scope, { url: origin }, 1).send({ path: pathname });
  const answers = { unchanged: 0, others: 0 };
  for (const [, labels = '', count] of body.toString().matchAll(COUNTS)) {
    if (labels.includes('http_response_status_code="304"')) answers.unchanged += Number(count);
    else answers.others += Number(count);
  }
  return answers;
}

import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { MEDIUM } from '../extents.js';
import { HttpClient } from '../http-client.js';
import { settingName, userName } from '../names.js';
import { distinctQueries, queryOfFirst } from '../queries.js';

/** How often a second clients ask; what the machine of a run takes easily, so that a run shows what time does and not load. */
export const RATES = { repeated: 40, distinct: 10, evaluations: 10, writes: 4, keys: 0.5, streams: 0.5 } as const;
/** Open at once. Each waits for events; the oldest is closed and another one opened. */
export const STREAMS = 20;

/** Since the last time. */
export type Counts = {
  reads: number;
  failedReads: number;
  stale: number;
  writes: number;
  refusedWrites: number;
  events: number;
};
export type Clients = Readonly<{
  /** What was counted, and how long repeated queries took in milliseconds, since the last time. */
  take(): Readonly<{ counts: Counts; latencies: readonly number[] }>;
  stop(): Promise<void>;
}>;

const NONE: Counts = { reads: 0, failedReads: 0, stale: 0, writes: 0, refusedWrites: 0, events: 0 };

/** @param key of all grants */
export function startClients(url: string, key: string): Clients {
  const client = new HttpClient(url, 64);
  const headers = { Authorization: `Bearer ${key}` };
  let counts = { ...NONE };
  let latencies: number[] = [];
  let turn = 0;
  let isOn = true;
  const distinct = distinctQueries(MEDIUM, 1, 20_000);
  const read = async (path: string, body?: unknown): Promise<void> => {
    counts.reads += 1;
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await client.send({ method, path, headers, body }).catch(() => undefined);
    if (answer === undefined) counts.failedReads += 1;
    else if (answer.rawHeaders.some((name) => name.toLowerCase() === 'heksher-stale')) counts.stale += 1;
  };
  const write = async (asked: Parameters<HttpClient['send']>[0]) => {
    counts.writes += 1;
    return client.send({ headers, ...asked }).catch(() => void (counts.refusedWrites += 1));
  };
  const repeated = queryOfFirst(10);
  const work: Readonly<Record<Exclude<keyof typeof RATES, 'streams'>, () => Promise<unknown>>> = {
    async repeated() {
      const startedAt = performance.now();
      await read(repeated);
      latencies.push(performance.now() - startedAt);
    },
    distinct: () => read(distinct[(turn += 1) % distinct.length] ?? ''),
    evaluations: () => read('/api/v1/evaluate', { context: { user: userName((turn += 1) % 100), theme: 'dark' }, settings: [settingName(turn % 500)] }), // prettier-ignore
    writes: () => write({ method: 'PUT', path: `/api/v1/rules/${1 + ((turn += 1) % MEDIUM.rules)}/value`, body: { value: turn } }), // prettier-ignore
    /** Somebody's key: made, used, revoked. */
    async keys() {
      const made = await write({ method: 'POST', path: '/api/v1/keys', body: { subject: 'soak', grants: ['read'] } });
      if (made === undefined) return;
      const { key: own, id } = JSON.parse(made.body.toString()) as { key: string; id: string };
      await client.send({ path: repeated, headers: { 'X-API-Key': own } }).catch(() => (counts.failedReads += 1));
      await write({ method: 'DELETE', path: `/api/v1/keys/${id}` });
    },
  };
  const streams = new Set<() => void>();
  const openStream = (): void => {
    const asked = request(`${url}/api/v1/changes`, {
      headers: { ...headers, Accept: 'text/event-stream' },
      agent: false,
    });
    const close = (): void => void (streams.delete(close), asked.destroy());
    asked.on('response', (response: IncomingMessage) => {
      response
        .setEncoding('utf8')
        .on('data', (text: string) => (counts.events += text.split('event: change').length - 1));
      response.on('close', close).on('error', close);
    });
    asked.on('error', close).end();
    streams.add(close);
  };
  const changeStreams = (): Promise<void> => {
    const [oldest] = streams;
    if (streams.size >= STREAMS) oldest?.();
    while (streams.size < STREAMS) openStream();
    return Promise.resolve();
  };
  const underWay = new Set<Promise<unknown>>();
  const atRate = async (perSecond: number, operation: () => Promise<unknown>): Promise<void> => {
    const startedAt = performance.now();
    for (let done = 1; isOn; done += 1) {
      const working = operation().finally(() => underWay.delete(working));
      underWay.add(working);
      await sleep(Math.max(0, startedAt + (done * 1_000) / perSecond - performance.now()));
    }
  };
  const rates = Object.entries({ ...work, streams: changeStreams }).map(([name, operation]) =>
    atRate(RATES[name as keyof typeof RATES], operation),
  );
  return {
    take() {
      const taken = { counts, latencies };
      [counts, latencies] = [{ ...NONE }, []];
      return taken;
    },
    async stop() {
      isOn = false;
      await Promise.all(rates);
      await Promise.allSettled(underWay);
      for (const close of [...streams]) close();
      client.close();
    },
  };
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Measurement } from '../bench.js';
import { type Finding, measured } from '../finding.js';
import { livenessProbe } from '../liveness-probe.js';
import { residentMemory } from '../memory.js';
import { QUERY_OF_ALL } from '../queries.js';
import { type Scope } from '../scope.js';
import { longestBlock } from '../probe-client.js';
import { type Service, startService } from '../service.js';

/** What one client does over and over, to hold up the others. */
type Attack = Readonly<{ name: string; what: string; strike: (url: string, scope: Scope) => Promise<void> }>;

const PAUSE_MS = 50;
const QUERY = `GET ${QUERY_OF_ALL} HTTP/1.1\r\nHost: x\r\n\r\n`;
const PIPELINED = QUERY.repeat(Math.ceil(50_000 / QUERY.length));

const UNKNOWN_FEATURES = contextOf(40_000);
const LARGE_CONTEXT = contextOf(60_000);

const ATTACKS: readonly Attack[] = [
  {
    name: 'pipelined',
    what: 'connections that send 50 KB of queries for everything at once and read nothing',
    strike: async (url, scope) => void (await open(url, scope)).write(PIPELINED),
  },
  {
    name: 'left',
    what: 'connections that send 50 KB of queries for everything at once and are reset',
    strike: async (url, scope) => {
      const socket = await open(url, scope);
      socket.write(PIPELINED, () => socket.resetAndDestroy());
    },
  },
  {
    name: 'slow-readers',
    what: 'connections that ask for everything and read nothing',
    strike: async (url, scope) => void (await open(url, scope)).write(QUERY),
  },
  {
    name: 'unknown-features',
    what: 'evaluations whose context names 40 000 features that do not exist, in 640 KB',
    strike: (url) => post(url, '/api/v1/evaluate', UNKNOWN_FEATURES),
  },
  {
    name: 'large-context',
    what: 'evaluations of all flags by OFREP in a context of 1 MB',
    strike: (url) => post(url, '/ofrep/v1/evaluate/flags', LARGE_CONTEXT),
  },
];

async function open(url: string, scope: Scope): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  scope.defer(() => socket.destroy());
  socket.on('error', () => undefined).pause();
  await once(socket, 'connect');
  return socket;
}

/** Of names that are none of the context features. */
function contextOf(features: number): string {
  const members = Array.from({ length: features }, (_, index) => `"none_${index}":"x"`);
  return `{"context":{${members.join(',')}}}`;
}

/** Whatever is answered. */
async function post(url: string, path: string, body: string): Promise<void> {
  const answer = await fetch(url + path, { method: 'POST', body });
  await answer.arrayBuffer();
}

/** Each gets a service of its own: what one leaves behind is not the next one's. */
export const requestAttacks: Measurement = {
  name: 'request-attacks',
  async measure(bench) {
    const database = await bench.fixtures.medium();
    const findings: Finding[] = [];
    for (const attack of ATTACKS) {
      const found = await bench.scope.within(async (scope) => {
        const service = await startService(scope, database, { withProbe: true });
        return suffer(attack, service, { ...bench, scope });
      });
      findings.push(...found);
    }
    return findings;
  },
};

async function suffer({ name, what, strike }: Attack, service: Service, bench: Bench): Promise<readonly Finding[]> {
  const { scope, effort } = bench;
  // Once before, so that code is compiled.
  await scope.within((inner) => strike(service.url, inner));
  await sleep(effort.warmUpMs);
  await longestBlock(service);
  const longest = await scope.within(async (inner) => {
    const liveness = livenessProbe(service.url);
    const deadline = performance.now() + 3 * effort.runMs;
    while (performance.now() < deadline) {
      await strike(service.url, inner);
      await sleep(PAUSE_MS);
    }
    return liveness.stop();
  });
  const block = await longestBlock(service);
  const { most } = await residentMemory(service.pid);
  const bar = (limit: number) => ({ bar: { of: 'figure', is: 'at most', limit } }) as const;
  const about = (suffix: string, of: string, unit: string) => ({
    name: `attack-${name}-${suffix}`,
    what: `${of}: ${what}`,
    unit,
  });
  return [
    measured({ ...about('block', 'longest block of the event loop', 'ms'), ...bar(50) }, [block]),
    measured({ ...about('liveness', 'longest that liveness took to answer', 'ms'), ...bar(100) }, [longest]),
    measured(about('resident', 'most resident memory', 'MB'), [most]),
  ];
}

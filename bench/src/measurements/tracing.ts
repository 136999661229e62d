import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Bench, type Measurement } from '../bench.js';
import { SMALL } from '../extents.js';
import { compared, type Finding } from '../finding.js';
import { queryOfFirst } from '../queries.js';
import { type Scope } from '../scope.js';
import { startService } from '../service.js';
import { compareRepeated, CONNECTIONS } from '../throughput.js';

const PATH = queryOfFirst(SMALL.settings);

/** Takes what is exported, and forgets it. */
async function startCollector(scope: Scope): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  scope.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function comparedAt(bench: Bench, ratio: number, about: Pick<Finding, 'name' | 'bar'>): Promise<Finding> {
  const database = await bench.fixtures.small();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: await startCollector(bench.scope), HEKSHER_TRACE_RATIO: String(ratio) };
  const sides = [
    await startService(bench.scope, database, { env }),
    await startService(bench.scope, database),
  ] as const;
  const what = `repeated query, 20 settings × 10 rules, ${CONNECTIONS} connections, of which ${ratio} is traced`;
  const comparison = await compareRepeated(bench, sides, { path: PATH });
  return compared({ ...about, what, unit: 'req/s', against: 'Heksher without traces' }, comparison);
}

/** What it costs to be ready to trace, and to trace one request of a thousand. */
export const tracing: Measurement = {
  name: 'tracing',
  processes: 3,
  async measure(bench) {
    const bar = { of: 'ratio', is: 'at least', limit: 0.95 } as const;
    return [await comparedAt(bench, 0.001, { name: this.name, bar })];
  },
};

/** What it costs to trace every request, as while something is looked for. */
export const tracingAll: Measurement = {
  name: 'tracing-all',
  async measure(bench) {
    return [await comparedAt(bench, 1, { name: this.name })];
  },
};

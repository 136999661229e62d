import { type Bench, type Measurement } from '../bench.js';
import { type Database } from '../database-server.js';
import { type Bar, compared } from '../finding.js';
import { SMALL } from '../extents.js';
import { type Answer } from '../http-client.js';
import { queryOfFirst, QUERY_OF_ALL } from '../queries.js';
import { clientOf, type Service, startService } from '../service.js';
import { CONNECTIONS, compareWithYardstick } from '../throughput.js';

const PATH = queryOfFirst(SMALL.settings);
const QUERY = `20 settings × 10 rules, ${CONNECTIONS} connections`;
const AGAINST = 'bare node:http, same answer';
const UNIT = 'req/s';

function atLeast(limit: number): Bar {
  return { of: 'ratio', is: 'at least', limit };
}

async function ask(
  { scope }: Bench,
  database: Database,
  path: string,
): Promise<Readonly<{ service: Service; answer: Answer }>> {
  const service = await startService(scope, database);
  return { service, answer: await clientOf(scope, service, 1).send({ path }) };
}

function headerOf({ rawHeaders }: Answer, name: string): string {
  return rawHeaders[rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name) + 1] ?? '';
}

export const repeatedQuery: Measurement = {
  name: 'repeated-query',
  processes: 3,
  async measure(bench) {
    const { service, answer } = await ask(bench, await bench.fixtures.small(), PATH);
    const comparison = await compareWithYardstick(bench, service, { path: PATH, answer });
    const what = `repeated query, ${QUERY}`;
    const notes = [`an answer has ${answer.body.length} bytes`];
    return [compared({ name: this.name, what, unit: UNIT, against: AGAINST, bar: atLeast(0.8), notes }, comparison)];
  },
};

export const repeatedQuery304: Measurement = {
  name: 'repeated-query-304',
  processes: 3,
  async measure(bench) {
    const { service, answer } = await ask(bench, await bench.fixtures.small(), PATH);
    const headers = { 'If-None-Match': headerOf(answer, 'etag') };
    const unchanged = await clientOf(bench.scope, service, 1).send({ path: PATH, headers });
    if (unchanged.status !== 304) throw new Error(`an unchanged answer had the status ${unchanged.status}`);
    const comparison = await compareWithYardstick(bench, service, { path: PATH, headers, answer: unchanged });
    const what = `the same answered 304, ${QUERY}`;
    return [compared({ name: this.name, what, unit: UNIT, against: AGAINST, bar: atLeast(0.8) }, comparison)];
  },
};

export const everything: Measurement = {
  name: 'everything',
  async measure(bench) {
    const { service, answer } = await ask(bench, await bench.fixtures.medium(), QUERY_OF_ALL);
    const comparison = await compareWithYardstick(bench, service, { path: QUERY_OF_ALL, answer });
    const what = `all of 500 settings × 40 rules, ${CONNECTIONS} connections`;
    const notes = [`an answer has ${answer.body.length} bytes`];
    return [compared({ name: this.name, what, unit: UNIT, against: AGAINST, bar: atLeast(0.6), notes }, comparison)];
  },
};

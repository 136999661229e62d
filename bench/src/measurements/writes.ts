import type pg from 'pg';
import { alternate } from '../alternate.js';
import { type Bench, type Measurement } from '../bench.js';
import { type Operation, ratePerSecond } from '../closed-loop.js';
import { connect, type Database } from '../database-server.js';
import { compared, type Finding } from '../finding.js';
import { SMALL } from '../extents.js';
import { settingName } from '../names.js';
import { RawClient } from '../raw-client.js';
import { type Service, startService } from '../service.js';
import { fiveDigits, ruleWriter, valueWriter } from '../writer.js';

type Kind = Readonly<{
  name: string;
  what: string;
  overHttp: typeof ruleWriter;
  /** The same row changes on one connection. */
  bare: () => (client: pg.Client) => Operation;
}>;

const KINDS: readonly Kind[] = [
  { name: 'post', what: 'POST /api/v1/rules', overHttp: ruleWriter, bare: bareRuleWriter },
  {
    name: 'put',
    what: 'PUT /api/v1/rules/{id}/value',
    overHttp: (client) => valueWriter(client),
    bare: bareValueWriter,
  },
];

const INSERT_RULE = `
  with added as (insert into rules (setting, value) values ($1, $2) returning id)
  insert into conditions (rule, context_feature, feature_value) select added.id, 'user', $3 from added`;

function bareRuleWriter(): (client: pg.Client) => Operation {
  let count = 0;
  return (client) => () => {
    count += 1;
    const values = [settingName(count % SMALL.settings), String(count), `inserted_${count}`];
    return inTransaction(client, { name: 'insert', text: INSERT_RULE, values });
  };
}

function bareValueWriter(): (client: pg.Client) => Operation {
  const next = fiveDigits();
  return (client) => () => {
    const value = next();
    const values = [(value % SMALL.rules) + 1, String(value)];
    return inTransaction(client, { name: 'update', text: 'update rules set value = $2 where id = $1', values });
  };
}

async function inTransaction(client: pg.Client, statement: pg.QueryConfig): Promise<void> {
  await client.query('begin');
  await client.query(statement);
  await client.query('commit');
}

async function compareWrites(
  { scope, effort }: Bench,
  { name, what, overHttp, bare }: Kind,
  [service, database]: readonly [Service, Database],
  connections: number,
): Promise<Finding> {
  return scope.within(async (inner) => {
    const client = new RawClient(service.url);
    inner.defer(() => client.close());
    const write = overHttp(client);
    const clients = await Promise.all(Array.from({ length: connections }, () => connect(inner, database.address)));
    const writers = clients.map(bare());
    const about = {
      name: `writes-${name}-${connections}`,
      what: `${what}, ${connections} connection${connections === 1 ? '' : 's'}`,
      unit: 'writes/s',
      against: 'the same row changes by bare pg',
    };
    const comparison = await alternate(
      { effort },
      (durationMs) => ratePerSecond(Array<Operation>(connections).fill(write), durationMs),
      (durationMs) => ratePerSecond(writers, durationMs),
    );
    return compared(about, comparison);
  });
}

/** Each side on a database of its own, so that none goes through what others left, and the service does not read what bare pg wrote. */
export const writes: Measurement = {
  name: 'writes',
  async measure(bench) {
    const findings: Finding[] = [];
    for (const kind of KINDS) {
      for (const connections of [1, 16]) {
        const finding = await bench.scope.within(async (scope) => {
          const small = await bench.fixtures.small();
          const service = await startService(scope, await bench.fixtures.copy(scope, small));
          const bare = await bench.fixtures.copy(scope, small);
          return compareWrites({ ...bench, scope }, kind, [service, bare], connections);
        });
        findings.push(finding);
      }
    }
    return findings;
  },
};

import { alternate, type Run } from '../alternate.js';
import { type Measurement } from '../bench.js';
import { startYardstick } from '../canned-answer.js';
import { medianMs } from '../closed-loop.js';
import { connect } from '../database-server.js';
import { compared } from '../finding.js';
import { SMALL } from '../extents.js';
import { queryOfFirst } from '../queries.js';
import { CHECK } from './revision-checks.js';
import { clientOf, type Service, startService } from '../service.js';
import { valueWriter } from '../writer.js';

/** What a current answer cannot do without: a round trip to the database, and one to the server. */
export const latency: Measurement = {
  name: 'latency',
  async measure({ scope, effort, fixtures }) {
    const path = queryOfFirst(SMALL.settings);
    const database = await fixtures.small();
    const service = await startService(scope, database);
    const client = clientOf(scope, service, 1);
    const yardstick = await startYardstick(scope, await client.send({ path }));
    const bare = clientOf(scope, yardstick, 1);
    const session = await connect(scope, database.address);
    const selectAndGet = async (): Promise<void> => {
      await session.query(CHECK);
      await bare.send({ path });
    };
    const comparison = await alternate(
      { effort },
      (durationMs) => medianMs(() => client.send({ path }), durationMs),
      (durationMs) => medianMs(selectAndGet, durationMs),
    );
    const about = {
      name: this.name,
      what: 'repeated query, 20 settings × 10 rules, one connection: median latency',
      unit: 'ms',
      against: 'one prepared SELECT, then one request to bare node:http',
      bar: { of: 'ratio', is: 'at most', limit: 1.5 },
    } as const;
    return [compared(about, comparison)];
  },
};

/** The write itself is not timed; the rule is one of the ten settings asked for, in both databases. */
export const readAfterWrite: Measurement = {
  name: 'read-after-write',
  async measure({ scope, effort, fixtures }) {
    const path = queryOfFirst(10);
    const runOn = (service: Service): Run => {
      const client = clientOf(scope, service, 1);
      const write = valueWriter(client, 10);
      return (durationMs) => medianMs(() => client.send({ path }), durationMs, write);
    };
    const large = await startService(scope, await fixtures.large());
    const small = await startService(scope, await fixtures.copy(scope, await fixtures.small()));
    const comparison = await alternate({ effort }, runOn(large), runOn(small));
    const about = {
      name: this.name,
      what: 'first read of 10 settings × 10 rules after a write to one, at 1 000 000 rules: median latency',
      unit: 'ms',
      against: 'Heksher with 200 rules',
      bar: { of: 'ratio', is: 'at most', limit: 2 },
    } as const;
    return [compared(about, comparison)];
  },
};

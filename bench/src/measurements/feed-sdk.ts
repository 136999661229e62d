import { setTimeout as sleep } from 'node:timers/promises';
import { HeksherClient, setting } from '@heksher/client';
import { type Measurement } from '../bench.js';
import { measured } from '../finding.js';
import { FEATURES, settingName, userName } from '../names.js';
import { clientOf, startService } from '../service.js';
import { quantile } from '../statistics.js';

const NAME = settingName(0);
const CONTEXT = { user: userName(0), account: 'bench', theme: 'light' };
const PAUSE_MS = 20;

/** How soon a program that reads a setting by `get` has what was written, as by another program. */
export const feedSdk: Measurement = {
  name: 'feed-sdk',
  async measure({ scope, fixtures, effort }) {
    const service = await startService(scope, await fixtures.copy(scope, await fixtures.small()));
    const size = setting(NAME, { type: 'int', configurableFeatures: [...FEATURES], defaultValue: 0 });
    const client = await HeksherClient.start({ url: service.url, settings: [size], declare: false, updates: 'stream' });
    scope.defer(() => client.close());
    while (!client.status().isStreaming) await sleep(PAUSE_MS);
    const writer = clientOf(scope, service, 1);
    const rule = { setting: NAME, feature_values: { user: CONTEXT.user, account: CONTEXT.account }, value: 0 };
    const { body } = await writer.send({ method: 'POST', path: '/api/v1/rules', body: rule });
    const { rule_id: id } = JSON.parse(body.toString()) as { rule_id: number };
    const served = (value: number): Promise<number> =>
      new Promise((resolve) => {
        const end = client.onChange(() => {
          if (size.get(CONTEXT) !== value) return;
          end();
          resolve(performance.now());
        });
      });
    const times: number[] = [];
    const writes = effort.pairs * 20;
    for (let value = 1; value <= writes; value += 1) {
      const serving = served(value);
      await writer.send({ method: 'PUT', path: `/api/v1/rules/${id}/value`, body: { value } });
      const answeredAt = performance.now();
      times.push(Math.max(0, (await serving) - answeredAt));
      await sleep(PAUSE_MS);
    }
    const what = 'from the answer to a write until `get` of a client with a stream has the value';
    const notes = [`${writes} writes; 0 ms where the client had the value before the writer had its answer`];
    const about = (name: string, part: string, limit: number) => ({
      ...{ name, what: `${what}: ${part}`, unit: 'ms', notes },
      bar: { of: 'figure', is: 'at most', limit } as const,
    });
    return [
      measured(about(this.name, 'median', 20), times),
      measured(about(`${this.name}-p99`, '99th percentile', 100), [quantile(times, 0.99)]),
    ];
  },
};

import { type Measurement } from '../bench.js';
import { type Extent } from '../extents.js';
import { measured } from '../finding.js';
import { HttpClient } from '../http-client.js';
import { insertSettings } from '../load-by-sql.js';
import { firstSettings } from '../names.js';
import { startService } from '../service.js';

/** A hundred rules for each setting. */
const LINED: Extent = { settings: 500, rules: 50_000, users: 1_000 };

const PAGE = 100;
const REQUESTS = 60;

/** What an operator's page asks for, no request like another, one after the other: the time includes HTTP and the check. */
export const browsing: Measurement = {
  name: 'browsing',
  async measure(bench) {
    const service = await startService(bench.scope, await bench.fixtures.large());
    const client = new HttpClient(service.url, 1);
    bench.scope.defer(() => Promise.resolve(client.close()));
    const time = async (pathOf: (request: number) => string, of = client): Promise<readonly number[]> => {
      const times: number[] = [];
      for (let request = 0; request < REQUESTS; request += 1) {
        const startedAt = performance.now();
        await of.send({ path: pathOf(request) });
        times.push(performance.now() - startedAt);
      }
      return times;
    };
    const lined = await bench.fixtures.copy(bench.scope, await bench.fixtures.empty());
    await insertSettings(bench.scope, lined, LINED);
    const linedService = await startService(bench.scope, lined);
    const linedClient = new HttpClient(linedService.url, 1);
    bench.scope.defer(() => Promise.resolve(linedClient.close()));
    const names = firstSettings(REQUESTS);
    const bar = (limit: number) => ({ of: 'figure', is: 'at most', limit }) as const;
    return [
      measured(
        {
          name: 'browsing-filtered',
          what: 'the first page by a part of the name, of 5 000 settings',
          unit: 'ms',
          bar: bar(20),
        },
        await time((request) => `/api/v1/settings?q=${request}&limit=${PAGE - (request % 7)}`),
      ),
      measured(
        { name: 'browsing-page', what: `a page of ${PAGE} of 5 000 settings`, unit: 'ms', bar: bar(5) },
        await time((request) => `/api/v1/settings?sort=name&limit=${PAGE - (request % 7)}`),
      ),
      measured(
        {
          name: 'browsing-setting',
          what: 'a setting with 100 rules, its lines in order of precedence and its findings',
          unit: 'ms',
          bar: bar(5),
        },
        await time((request) => `/api/v1/settings/${names[request] ?? ''}?include=rules,rollouts,lint`, linedClient),
      ),
    ];
  },
};

import { readFileSync } from 'node:fs';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type EventReader, openStream } from '../support/feed/event-reader.js';
import { noPrometheus, Prometheus } from '../support/prometheus/prometheus.js';
import { REPOSITORY } from '../support/repository.js';
import {
  addFeatures,
  addRule,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { Receiver, SENDING } from '../support/webhooks/receiver.js';

type Panel = Readonly<{ title: string; type: string; targets?: readonly Readonly<{ expr: string }>[] }>;
const dashboard = JSON.parse(readFileSync(`${REPOSITORY}deploy/helm/heksher/dashboard.json`, 'utf8')) as {
  panels: readonly Panel[];
  templating: { list: readonly { name: string; type: string }[] };
};

/** What is shown only where something is configured that these services have not. */
const MAY_BE_EMPTY = new Set(['Sinks']);

/** An expression as Grafana sends it. */
function filled(expression: string): string {
  return expression.replaceAll('$job', '.*').replaceAll('$__rate_interval', '10s');
}

const expressions = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

test('each panel but rows asks something, of a data source that can be chosen', () => {
  expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toContainEqual(['datasource', 'datasource']);
  const silent = dashboard.panels.filter(({ type, targets = [] }) => type !== 'row' && targets.length === 0);
  expect(silent).toEqual([]);
  expect(expressions.length).toBeGreaterThan(30);
  expect(JSON.stringify(dashboard)).not.toMatch(/"uid":"(?!\$\{datasource\}|heksher")/);
});

const missing = noPrometheus();
if (missing !== undefined)
  console.warn(`SKIPPED: prometheus is not installed (${missing}), so that it was asked nothing`);

(missing === undefined ? describe : describe.skip)('a real Prometheus that scrapes two services under load', () => {
  const receiver = new Receiver();
  const key = makeKey().text;
  let database: TestDatabase;
  let open: TestService;
  let controlled: TestService;
  let stream: EventReader;
  let prometheus: Prometheus;
  let load: Promise<void>;
  let isOver = false;

  beforeAll(async () => {
    database = await createDatabase();
    const env = { ...SENDING, HEKSHER_METRICS_PORT: '0' };
    open = await startTestService(env, database);
    const access = { HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: key, HEKSHER_OAUTH_ISSUER: 'http://127.0.0.1:9' };
    controlled = await startTestService(
      { ...env, ...access, HEKSHER_OAUTH_AUDIENCE: 'https://settings.example.com' },
      database,
    );
    await receiver.start();
    await addFeatures(open.call, 'account', 'user', 'theme');
    await declare(open.call);
    await expectStatus(201, open.call('POST', '/api/v1/webhooks', { body: { url: `${receiver.url}/told` } }));
    stream = await openStream(`${open.url}/api/v1/changes`);
    load = giveLoad();
    prometheus = await Prometheus.start([open.metricsUrl ?? '', controlled.metricsUrl ?? '']);
  });
  afterAll(async () => {
    isOver = true;
    await load;
    await prometheus.stop();
    stream.close();
    await controlled.stop();
    await open.stop();
    await receiver.stop();
    await database.drop();
  });

  async function giveLoad(): Promise<void> {
    for (let round = 0; !isOver; round += 1) {
      const user = `user-${round}`;
      const post = (path: string, body: object) => open.call('POST', path, { body });
      await addRule(open.call, 'cache_size', { user }, round);
      await open.call('GET', '/api/v1/query?settings=cache_size');
      await open.call('GET', '/api/v1/query?settings=none');
      await post('/api/v1/evaluate', { context: { user } });
      await post('/ofrep/v1/evaluate/flags', { context: { user } });
      await controlled.call('GET', '/api/v1/query', { headers: { Authorization: `Bearer ${key}` } });
      await controlled.call('GET', '/api/v1/query');
    }
  }

  test.each(expressions)('%s: %s', async (title, expression) => {
    if (MAY_BE_EMPTY.has(title)) {
      await prometheus.query(filled(expression));
      return;
    }
    // A rate needs two scrapes.
    const found = await until(`there is something in "${title}"`, async () => {
      const values = await prometheus.query(filled(expression));
      return values.length > 0 && values;
    });
    expect(found.every(({ value: [, text] }) => text !== '')).toBe(true);
  });

  test('every metric of ours is on the dashboard or told apart here', async () => {
    const names = new Set((await (await fetch(open.metricsUrl ?? '')).text()).match(/^# TYPE (\S+)/gm));
    const shown = JSON.stringify(dashboard);
    const own = [...names]
      .map((line) => line.slice('# TYPE '.length))
      .filter((name) => /^(heksher|http|db)_/.test(name));
    expect(own.filter((name) => !shown.includes(name))).toEqual(['heksher_changes_kept_seconds']);
  });

  test('a scrape is small', async () => {
    const text = await (await fetch(open.metricsUrl ?? '')).text();
    expect(Buffer.byteLength(text)).toBeLessThan(100_000);
  });
});

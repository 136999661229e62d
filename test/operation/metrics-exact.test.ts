import { once } from 'node:events';
import { connect } from 'node:net';
import { samplesOf, valueOf } from '../support/service/samples.js';
import { addFeatures, addRule, declare } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

const api = useService({ HEKSHER_METRICS_PORT: '0' });

/** So many requests are sent. HEKSHER_TEST_REQUESTS says otherwise, which is told. */
const REQUESTS = Number(process.env['HEKSHER_TEST_REQUESTS'] ?? 100_000);
const CONNECTIONS = 10;
/** Of one connection, which are answered one after another. */
const AT_ONCE = 10;

const COUNT = 'http_server_request_duration_seconds_count';

type Kind = Readonly<{ text: string; key: string }>;

function kind(key: string, head: string, ...more: readonly string[]): Kind {
  return { key, text: [`${head} HTTP/1.1`, 'Host: localhost', ...more].join('\r\n') + '\r\n\r\n' };
}

function post(key: string, path: string, body: string, ...more: readonly string[]): Kind {
  const { text } = kind(key, `POST ${path}`, `Content-Length: ${body.length}`, ...more);
  return { key, text: text + body };
}

const QUERY = '/api/v1/query?settings=cache_size';
const FLAG = '/ofrep/v1/evaluate/flags/cache_size';
const GUEST = '{"context":{"user":"guest"}}';

/** By both ways, with all kinds of answers. */
const KINDS: readonly Kind[] = [
  kind('GET /api/v1/query 200', `GET ${QUERY}`),
  kind('GET /api/v1/query 200', `GET ${QUERY}`, 'Content-Length: 0'),
  kind('GET /api/v1/query 304', `GET ${QUERY}`, 'If-None-Match: *'),
  kind('GET /api/v1/query 404', 'GET /api/v1/query?settings=none'),
  kind('GET /api/v1/query 422', 'GET /api/v1/query?context_filters=odd'),
  post('POST /api/v1/evaluate 200', '/api/v1/evaluate', GUEST),
  post('POST /api/v1/evaluate 200', '/api/v1/evaluate', GUEST, 'Content-Encoding: identity'),
  post('POST /api/v1/evaluate 422', '/api/v1/evaluate', '{"context":[]}'),
  post('POST /ofrep/v1/evaluate/flags/{key} 200', FLAG, GUEST),
  post('POST /ofrep/v1/evaluate/flags 200', '/ofrep/v1/evaluate/flags', GUEST),
  kind('GET /api/v1/rules/{id} 200', 'GET /api/v1/rules/1'),
  kind('GET /api/v1/rules/{id} 404', 'GET /api/v1/rules/77'),
  kind('HEAD /api/v1/settings 200', 'HEAD /api/v1/settings'),
  kind('GET _other 404', 'GET /nothing/here'),
];

/** By method, route and status. */
async function counts(): Promise<ReadonlyMap<string, number>> {
  const samples = await samplesOf(api.metricsUrl(), COUNT);
  return new Map(
    samples.map(({ labels, value }) => [
      `${labels['http_request_method']} ${labels['http_route']} ${labels['http_response_status_code']}`,
      value,
    ]),
  );
}

/** Sends these over one connection, so many at once, and gives the statuses in their order. */
async function exchange(kinds: readonly Kind[]): Promise<readonly string[]> {
  const { hostname, port } = new URL(api.url());
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  await once(socket, 'connect');
  const statuses: string[] = [];
  let rest = '';
  for (let start = 0; start < kinds.length; start += AT_ONCE) {
    const batch = kinds.slice(start, start + AT_ONCE);
    socket.write(batch.map(({ text }) => text).join(''));
    const wanted = start + batch.length;
    while (statuses.length < wanted) {
      const [text] = (await once(socket, 'data')) as [string];
      // No body has a line of this form; the last line may be incomplete.
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [, status] = /HTTP\/1\.1 (\d{3}) /.exec(line) ?? [];
        if (status !== undefined) statuses.push(status);
      }
    }
  }
  socket.destroy();
  return statuses;
}

test(`of ${REQUESTS} requests by both ways each is counted once, with its route and its status`, async () => {
  if (REQUESTS !== 100_000) console.warn(`HEKSHER_TEST_REQUESTS: ${REQUESTS} requests are sent, and not 100000`);
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  const before = await counts();
  const lists = Array.from({ length: CONNECTIONS }, (_, connection) =>
    Array.from(
      { length: REQUESTS / CONNECTIONS },
      (_unused, index) => KINDS[(connection + index) % KINDS.length] as Kind,
    ),
  );
  const statuses = await Promise.all(lists.map(exchange));
  const sent = new Map<string, number>();
  lists.forEach((list, connection) =>
    list.forEach(({ key }, index) => {
      if (!key.endsWith(String(statuses[connection]?.[index])))
        throw new Error(`${key}: the answer was ${statuses[connection]?.[index]}`);
      sent.set(key, (sent.get(key) ?? 0) + 1);
    }),
  );
  const news = await until('all are counted', async () => {
    const now = [...(await counts())].map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const);
    const found = new Map(now.filter(([, count]) => count > 0));
    return [...found.values()].reduce((sum, count) => sum + count, 0) >= REQUESTS && found;
  });
  expect(Object.fromEntries(news)).toEqual(Object.fromEntries(sent));
  expect(await valueOf(api.metricsUrl(), 'http_server_active_requests')).toBe(0);
}, 1_800_000);

test('a request is active until it is answered, or its client has left', async () => {
  const active = () => valueOf(api.metricsUrl(), 'http_server_active_requests', { http_request_method: 'POST' });
  const left = () =>
    valueOf(api.metricsUrl(), COUNT, { http_route: '/api/v1/evaluate', http_response_status_code: '499' });
  const before = await left();
  const { hostname, port } = new URL(api.url());
  const socket = connect(Number(port), hostname);
  socket.write('POST /api/v1/evaluate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"context"');
  await until('it is active', async () => (await active()) === 1);
  socket.destroy();
  await until('it is counted', async () => (await left()) === before + 1);
  expect(await active()).toBe(0);
});

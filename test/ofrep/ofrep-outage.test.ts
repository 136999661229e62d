import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { addFeatures, type Answer, declare, startTestService, type TestService } from '../support/service/service.js';
import { startTcpProxy, type TcpProxy } from '../support/http/tcp-proxy.js';
import { until } from '../support/service/until.js';

const FLAGS = '/ofrep/v1/evaluate/flags';

let database: TestDatabase;
let proxy: TcpProxy;
let service: TestService;

/** A service that reaches its database only through the proxy, and goes on without it for so many seconds. */
async function start(staleIfErrorS: number): Promise<void> {
  database = await createDatabase();
  proxy = await startTcpProxy(database.address);
  service = await startTestService(
    {
      HEKSHER_DB_CONNECTION_STRING: database.connectionString.replace(/@[^/]*\//, `@127.0.0.1:${proxy.port}/`),
      HEKSHER_READ_TIMEOUT_MS: '500',
      HEKSHER_DB_CONNECT_TIMEOUT_MS: '1000',
      HEKSHER_STALE_IF_ERROR_S: String(staleIfErrorS),
    },
    database,
  );
  await addFeatures(service.call, 'account', 'user', 'theme');
  await declare(service.call);
}

afterEach(async () => {
  await service.stop();
  await proxy.close();
  await database.drop();
});

const evaluate = (key: string): Promise<Answer> => service.call('POST', `${FLAGS}/${key}`, { body: {} });
const evaluateAll = (headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  service.call('POST', FLAGS, { body: {}, headers });

it('without its database for too long a flag is a 503 that clients can read, with its key', async () => {
  await start(0);
  proxy.cut();
  const answer = await evaluate('cache_size');
  const id = answer.headers.get('x-request-id') ?? '';
  const error = {
    errorCode: 'GENERAL',
    errorDetails: `the database does not answer; try again later (request ${id})`,
  };
  expect(answer).toMatchObject({ status: 503, body: { key: 'cache_size', ...error } });
  expect(answer.headers.get('retry-after')).toBe('1');
  const all = await evaluateAll({ 'x-request-id': id });
  expect([all.status, all.body]).toEqual([503, error]);
  expect((await evaluate('a/b')).status).toBe(404);
  proxy.restore();
  await until('the database', async () => (await evaluate('cache_size')).status === 200);
});

it('flags from memory say how old they may be, also where the asker has them', async () => {
  await start(300);
  const etag = (await evaluateAll()).headers.get('etag') ?? '';
  proxy.cut();
  const answers = [await evaluate('cache_size'), await evaluateAll(), await evaluateAll({ 'if-none-match': etag })];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 304]);
  for (const { headers } of answers) expect(Number(headers.get('heksher-stale'))).toBeGreaterThan(0);
  proxy.restore();
  await until('the database', async () => (await evaluate('cache_size')).headers.get('heksher-stale') === null);
});

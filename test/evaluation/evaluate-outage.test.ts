import { createDatabase } from '../support/database/database.js';
import { addFeatures, addRollout, declare, startTestService } from '../support/service/service.js';
import { startTcpProxy } from '../support/http/tcp-proxy.js';
import { until } from '../support/service/until.js';

it('without its database the service evaluates from memory, and says how old that may be', async () => {
  const database = await createDatabase();
  const proxy = await startTcpProxy(database.address);
  const throughProxy = database.connectionString.replace(/@[^/]*\//, `@127.0.0.1:${proxy.port}/`);
  const env = {
    HEKSHER_READ_TIMEOUT_MS: '500',
    HEKSHER_DB_CONNECT_TIMEOUT_MS: '1000',
    HEKSHER_STALE_IF_ERROR_S: '300',
  };
  const service = await startTestService({ ...env, HEKSHER_DB_CONNECTION_STRING: throughProxy }, database);
  try {
    await addFeatures(service.call, 'account', 'user', 'theme');
    await declare(service.call);
    await addRollout(service.call, 'cache_size', { percentage: 100, value: 7 });
    const evaluate = () => service.call('POST', '/api/v1/evaluate', { body: { context: { user: 'bob' } } });
    const lint = () => service.call('GET', '/api/v1/settings/cache_size/lint');
    const before = await evaluate();
    expect(before.headers.has('heksher-stale')).toBe(false);
    proxy.cut();
    for (const answer of [await evaluate(), await lint()]) {
      expect(answer.status).toBe(200);
      expect(Number(answer.headers.get('heksher-stale'))).toBeGreaterThan(0);
    }
    expect((await evaluate()).text).toBe(before.text);
    proxy.restore();
    await until('the database', async () => !(await evaluate()).headers.has('heksher-stale'));
  } finally {
    await service.stop();
    await proxy.close();
    await database.drop();
  }
});

import { type ClientOptions, HeksherClient, setting } from '@heksher/client';
import { addFeatures, addRule } from './support/service.js';
import { useService } from './support/use-service.js';

const api = useService();
const running: HeksherClient[] = [];

async function start(options: Partial<ClientOptions> = {}): Promise<HeksherClient> {
  const client = await HeksherClient.start({ url: api.url(), ...options });
  running.push(client);
  return client;
}

beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
});

afterEach(async () => {
  for (const client of running.splice(0)) await client.close();
});

const cacheSizeOf = () =>
  setting('cache_size', { type: 'int', configurableFeatures: ['account', 'user', 'theme'], defaultValue: 60 });

it('reads the rules of the table in the README', async () => {
  const cacheSize = cacheSizeOf();
  const client = await start({ settings: [cacheSize], onMissingFeature: 'resolve' });
  await addRule(api.call, 'cache_size', { account: 'john' }, 100);
  await addRule(api.call, 'cache_size', { account: 'jim' }, 50);
  await addRule(api.call, 'cache_size', { account: 'jim', user: 'admin' }, 200);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRule(api.call, 'cache_size', { user: 'guest', theme: 'dark' }, 20);
  expect(cacheSize.get()).toBe(60);
  await client.reload();
  expect(cacheSize.get({ user: 'guest', theme: 'dark' })).toBe(20);
  expect(cacheSize.get({ user: 'guest', theme: 'light' })).toBe(10);
  expect(cacheSize.get({ account: 'jim', user: 'admin', theme: 'dark' })).toBe(200);
  expect(cacheSize.get({ account: 'jim', user: 'joe' })).toBe(50);
  expect(cacheSize.get({ account: 'john', user: 'admin' })).toBe(100);
  expect(cacheSize.get({ account: 'joan', user: 'admin', theme: 'dark' })).toBe(60);
  expect(client.status()).toMatchObject({ state: 'serving', source: 'service', failures: 0 });
});

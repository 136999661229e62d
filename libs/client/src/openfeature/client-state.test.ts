import { type OpenFeatureEventEmitter } from '@openfeature/server-sdk';
import { HeksherClient } from '../client.js';
import { setting } from '../setting.js';
import { followClient } from './client-state.js';

/** What a client was answered; the next answer is what the test makes it. */
let next: () => Response;
const ask: typeof fetch = () => Promise.resolve(next());

const values = (value: number, headers: Record<string, string> = {}) => {
  const body = { settings: { size: { rules: [], default_value: value } }, context_features: ['user'] };
  return () => new Response(JSON.stringify(body), { headers });
};

it('emits each change of state once, and why; the database of the service counts', async () => {
  next = values(1, { 'heksher-stale': '7' });
  const size = setting('size', { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });
  const options = { url: 'http://localhost', settings: [size], declare: false, fetch: ask };
  const client = await HeksherClient.start(options);
  const emitted: unknown[] = [];
  const emit = (event: string, details: object) => emitted.push([event, details]);
  const end = followClient(client, { emit } as unknown as OpenFeatureEventEmitter);
  expect(emitted).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 0));
  await client.reload();
  expect(emitted.splice(0)).toEqual([['PROVIDER_STALE', { message: "the service's database is away" }]]);
  next = values(1);
  await client.reload();
  await client.reload();
  expect(emitted.splice(0)).toEqual([['PROVIDER_READY', {}]]);
  next = values(2);
  await client.reload();
  expect(emitted.splice(0)).toEqual([['PROVIDER_CONFIGURATION_CHANGED', { flagsChanged: ['size'] }]]);
  next = () => new Response('', { status: 500 });
  await expect(client.reload()).rejects.toThrow();
  await expect(client.reload()).rejects.toThrow();
  expect(emitted.splice(0)).toEqual([
    ['PROVIDER_STALE', { message: expect.stringContaining('the service answered 500') as string }],
  ]);
  end();
  next = values(3);
  await client.reload();
  expect(emitted).toEqual([]);
  await client.close();
});

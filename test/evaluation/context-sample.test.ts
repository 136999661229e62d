import { ContextSample } from '../../apps/heksher/src/in-process.js';
import { addFeatures, declare, startTestService, type TestService } from '../support/service/service.js';

/** The samples of all services of this file: without this nobody sees what they hold. */
const samples = new Set<ContextSample>();
const prototype = ContextSample.prototype;
const add = Object.getOwnPropertyDescriptor(prototype, 'add')?.value as ContextSample['add'];
prototype.add = function addAndNote(this: ContextSample, context) {
  samples.add(this);
  add.call(this, context);
};

let service: TestService;
afterEach(async () => {
  await service.stop();
  samples.clear();
});

async function start(env: Readonly<Record<string, string>>): Promise<void> {
  service = await startTestService({ HEKSHER_TARGETING_FEATURE: 'user', ...env });
  await addFeatures(service.call, 'account', 'user', 'theme');
  await declare(service.call);
}

const post = async (path: string, body: unknown): Promise<number> =>
  (await service.call('POST', path, { body })).status;

async function askInAllWays(): Promise<void> {
  expect(await post('/api/v1/evaluate', { context: { account: 'jim' } })).toBe(200);
  expect(await post('/api/v1/evaluate', { contexts: [{ user: 'ann' }, { user: 'bob' }] })).toBe(200);
  expect(await post('/ofrep/v1/evaluate/flags/cache_size', { context: { targetingKey: 'cid', color: 'red' } })).toBe(
    200,
  );
  expect(await post('/ofrep/v1/evaluate/flags', { context: { targetingKey: 'dan', theme: 'dark' } })).toBe(200);
  expect(await post('/api/v1/evaluate', { context: { color: 'red' } })).toBe(422);
}

it('contexts that were evaluated, and no others, are what a dry run may draw on', async () => {
  await start({ HEKSHER_CONTEXT_SAMPLE: '100' });
  await askInAllWays();
  await askInAllWays();
  expect(samples.size).toBe(1);
  const contexts = [...samples].flatMap((sample) => sample.contexts()).map((context) => Object.fromEntries(context));
  expect(contexts).toHaveLength(5);
  expect(contexts).toEqual(
    expect.arrayContaining([
      { account: 'jim' },
      { user: 'ann' },
      { user: 'bob' },
      { user: 'cid' },
      { user: 'dan', theme: 'dark' },
    ]),
  );
});

it('none is kept unless that is asked for', async () => {
  await start({});
  await askInAllWays();
  expect([...samples].flatMap((sample) => sample.contexts())).toEqual([]);
});

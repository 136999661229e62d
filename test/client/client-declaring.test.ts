import { type ClientOptions, HeksherClient, setting } from '@heksher/client';
import { addFeatures, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

/** Code bases of today, rolled out to environments that have never seen their settings. */
const api = useService();
const running: HeksherClient[] = [];

async function start(options: Partial<ClientOptions> = {}): Promise<HeksherClient> {
  const client = await HeksherClient.start({ url: api.url(), onProblem: () => undefined, ...options });
  running.push(client);
  return client;
}

beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user');
});
afterEach(async () => {
  for (const client of running.splice(0)) await client.close();
});

const OWN = { type: 'int', configurableFeatures: ['account'] } as const;
const retriesOf = (version: string, defaultValue = 3) => setting('retries', { ...OWN, version, defaultValue });

const stored = async (name: string) => (await api.get(`/settings/${name}`)).body;

it.each(['1.1', '1.10', '2.0', '37.5'])('a setting at version %s is introduced at that version', async (version) => {
  const retries = retriesOf(version);
  const client = await start({ settings: [retries] });
  expect(client.outcomes().get('retries')).toEqual({ outcome: 'created' });
  expect(await stored('retries')).toMatchObject({ version, default_value: 3, type: 'int', aliases: [] });
  expect(retries.get({ account: 'a' })).toBe(3);
  const next = await start({ settings: [retriesOf(version)] });
  expect(next.outcomes().get('retries')).toEqual({ outcome: 'uptodate' });
});

it('also one that has been renamed before', async () => {
  const renamed = setting('http.retries', { ...OWN, version: '1.1', alias: 'retries', defaultValue: 3 });
  const client = await start({ settings: [renamed] });
  expect(client.outcomes().get('http.retries')).toEqual({ outcome: 'created' });
  expect(await stored('http.retries')).toMatchObject({ version: '1.1', aliases: [] });
});

it('many programs at once all start, and the setting is that of their version', async () => {
  const clients = await Promise.all(Array.from({ length: 12 }, () => start({ settings: [retriesOf('1.4')] })));
  const outcomes = clients.map((client) => client.outcomes().get('retries')?.outcome);
  expect(new Set(outcomes)).not.toContain('refused');
  expect(await stored('retries')).toMatchObject({ version: '1.4', default_value: 3 });
});

it('programs of several versions that differ all start, and the newest version stays', async () => {
  const newest = () => setting('retries', { ...OWN, type: 'str', version: '2.0', defaultValue: 'many' });
  for (let round = 0; round < 8; round += 1) {
    await api.empty();
    await addFeatures(api.call, 'account', 'user');
    const settings = [newest(), retriesOf('1.2', 5), retriesOf('1.1', 4), newest(), retriesOf('1.2', 5)];
    const clients = await Promise.all(settings.map((one) => start({ settings: [one] })));
    expect(await stored('retries')).toMatchObject({ version: '2.0', type: 'str', default_value: 'many' });
    for (const client of clients) await client.close();
  }
});

it('a program that finds the setting at 1.0, where another is about to upgrade it, waits for that', async () => {
  const other = { name: 'retries', type: 'str', default_value: 'many', configurable_features: ['account'] };
  await declare(api.call, other);
  const starting = start({ settings: [retriesOf('1.2')] });
  await new Promise((resolve) => setTimeout(resolve, 60));
  await declare(api.call, { ...other, version: '2.0' });
  const client = await starting;
  expect(client.outcomes().get('retries')).toMatchObject({ outcome: 'outdated', latestVersion: '2.0' });
});

it('and one that waits in vain does not start', async () => {
  await declare(api.call, { name: 'retries', type: 'str', default_value: 'many', configurable_features: ['account'] });
  await expect(start({ settings: [retriesOf('1.2')] })).rejects.toThrow(/"retries", version 1.2, is no upgrade/);
  expect(await stored('retries')).toMatchObject({ version: '1.0', type: 'str' });
});

it('a setting that the service has is upgraded from what it is, and not introduced', async () => {
  await declare(api.call, { name: 'retries', type: 'int', default_value: 1, configurable_features: ['account'] });
  const client = await start({ settings: [retriesOf('1.1')] });
  expect(client.outcomes().get('retries')).toMatchObject({ outcome: 'upgraded', previousVersion: '1.0' });
  expect(await stored('retries')).toMatchObject({ version: '1.1', default_value: 3 });
});

it('what no version of it can be declared is refused as before, and nothing is stored', async () => {
  const odd = setting('odd', { ...OWN, configurableFeatures: ['galaxy'], version: '1.3', defaultValue: 1 });
  await expect(start({ settings: [odd] })).rejects.toThrow(/"odd", version 1.3, was refused with 40[04]/);
  await expect(start({ settings: [retriesOf('0.9')] })).rejects.toThrow(/version 0.9, was refused with 400/);
  expect((await api.get('/settings')).body).toEqual({ settings: [] });
});

import { openStream } from '../support/feed/event-reader.js';
import { createDatabase } from '../support/database/database.js';
import { spawnService } from '../support/service/process.js';
import { until } from '../support/service/until.js';

it('a shutdown ends streams in their order, and does not wait for those who read nothing', async () => {
  const database = await createDatabase();
  const service = spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString });
  const { url, call } = await service.ready;
  await call('POST', '/api/v1/context_features', { body: { context_feature: 'user' } });
  const declaration = { name: 'text', type: 'str', default_value: '', configurable_features: ['user'] };
  await call('POST', '/api/v1/settings/declare', { body: declaration });
  const streams = await Promise.all(Array.from({ length: 10 }, () => openStream(`${url}/api/v1/changes`)));
  const notices = await openStream(`${url}/ofrep/v1/events/configuration`);
  const stuck = await openStream(`${url}/api/v1/changes`);
  await until('their places', () => [...streams, notices, stuck].every(({ blocks }) => blocks.length === 2));
  const held = fetch(`${url}/api/v1/changes?settings=nothing&wait=55`);
  stuck.pause();
  for (let count = 0; count < 20; count += 1)
    await database.sql('update settings set default_value = to_json($1::text)', [`${count}${'x'.repeat(300_000)}`]);
  await until('the others to have all', () => streams.every((stream) => stream.events().length === 20));
  service.child.kill('SIGTERM');
  expect(await service.exited).toBe(0);
  expect(service.output()).not.toContain('cut off at shutdown');
  const retries = new Set<string | undefined>();
  for (const stream of [...streams, notices]) {
    expect(await stream.ended).toBe('end');
    const { retry } = stream.blocks.at(-1) ?? {};
    expect(Number(retry)).toBeGreaterThanOrEqual(500);
    expect(Number(retry)).toBeLessThanOrEqual(5_000);
    retries.add(retry);
  }
  expect(retries.size).toBeGreaterThan(3);
  expect(await (await held).json()).toMatchObject({ changes: [], reset: false });
  stuck.resume();
  expect(await stuck.ended).toBe('cut');
  await database.drop();
}, 240_000);

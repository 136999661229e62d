import { addFeatures, declare, startTestService, type TestService } from '../support/service/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

it('a rename that rows of another writer make impossible answers 409, and changes nothing', async () => {
  await addFeatures(service.call, 'user');
  for (const name of ['first', 'second']) await declare(service.call, { name, configurable_features: ['user'] });
  // The API would not let it in: an alias of one setting that is the canonical name of another.
  await service.database.sql(`insert into setting_aliases (setting, alias) values ('second', 'first')`);

  const answer = await service.call('PUT', '/api/v1/settings/first/name', { body: { name: 'third', version: '1.1' } });
  expect(answer.status).toBe(409);
  expect(answer.text).toMatch(/contradicts what is stored/);
  expect(answer.text).not.toMatch(/duplicate key|constraint|setting_aliases/);
  expect(await service.database.sql('select name, version from settings order by name')).toEqual([
    { name: 'first', version: '1.0' },
    { name: 'second', version: '1.0' },
  ]);
});

import { addFeatures, addRule, declare, startTestService, type TestService } from './support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

it('serves the rules of the table in the README to whoever asks for them', async () => {
  await addFeatures(service.call, 'account', 'user', 'theme');
  expect((await declare(service.call)).body).toEqual({ outcome: 'created' });
  await addRule(service.call, 'cache_size', { account: 'john' }, 100);
  await addRule(service.call, 'cache_size', { user: 'guest', theme: 'dark' }, 20);
  const { body } = await service.call('GET', '/api/v1/query?context_filters=user:(guest),theme:(dark)');
  expect(body).toEqual({
    settings: {
      cache_size: {
        rules: [{ value: 20, context_features: [['user', 'guest'], ['theme', 'dark']], rule_id: 2 }],
        default_value: 60,
      },
    },
  });
});

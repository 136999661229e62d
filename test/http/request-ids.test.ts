import request from 'supertest';
import { startTestService, type TestService } from '../support/service/service.js';

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe.each([
  ['in front of Express', '/api/v1/query'],
  ['through Express', '/api/v1/context_features'],
  ['to no route', '/nowhere'],
])('a request answered %s', (_way, path) => {
  it.each(['abc-123', 'gateway:7f/3=+@.', 'x'.repeat(128)])('keeps the id %j of its caller', async (id) => {
    await request(service.url).get(path).set('X-Request-Id', id).expect('X-Request-Id', id);
  });

  it.each(['with space', '<script>', 'x'.repeat(129), '"quoted"'])('gets an id of its own for %j', async (id) => {
    await request(service.url).get(path).set('X-Request-Id', id).expect('X-Request-Id', UUID);
  });

  it('gets an id of its own where it has none, another each time', async () => {
    const [one, other] = await Promise.all([request(service.url).get(path), request(service.url).get(path)]);
    expect(one.headers['x-request-id']).toMatch(UUID);
    expect(other.headers['x-request-id']).not.toBe(one.headers['x-request-id']);
  });
});

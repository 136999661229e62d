import { parseStoredJson, parseStoredVariants } from '@heksher/core';
import { compilePattern } from '@heksher/core/re2';
import fc from 'fast-check';
import { documentedOperations, hostileCaller, hostileRequests } from '../support/model/hostile.js';
import { addFeatures, declare, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const REQUESTS = 1_500;
const MOST_ROUNDS = 20;

/** Whatever was deleted by the requests before, these are there for the next one. */
const FIXED = `
  insert into rollouts (id, setting, feature, percentage, value, hash, salt)
  values (1, 'new_checkout', 'user', 5, 'true', 'murmur3', 's'), (2, 'new_checkout', 'account', 5, 'true', 'crc32', 's')
  on conflict (id) do nothing`;

const api = useService();

it('answers no request near those of rollouts with a 5xx, and stores nothing that cannot be served', async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { name: 'new_checkout', type: 'bool', default_value: false });
  await declare(api.call, { name: 'button_color', type: 'str', default_value: 'blue' });
  await api.sql(`select setval('rollouts_id_seq', 2)`);
  const operations = (await documentedOperations(api.call)).filter(({ path }) => path.includes('/rollouts'));
  expect(operations).toHaveLength(9);
  const { send, close } = hostileCaller(api.url());
  const answered = new Set<string>();
  const check = fc.asyncProperty(hostileRequests(operations), async (request) => {
    await api.sql(FIXED);
    const { status, text } = await send(request);
    answered.add(`${request.method} ${status}`);
    if (status >= 500) throw new Error(`answered ${status} ${text}`);
  });
  const expected = [
    'POST 201',
    'POST 200',
    'POST 409',
    'POST 422',
    'GET 200',
    'GET 404',
    'GET 422',
    'PATCH 204',
    'DELETE 204',
  ];
  // Chance may leave out one of these for so many requests; then there are more.
  const isComplete = (): boolean => expected.every((answer) => answered.has(answer));
  try {
    for (let round = 0; round === 0 || (round < MOST_ROUNDS && !isComplete()); round += 1) {
      await fc.assert(check, { numRuns: REQUESTS });
    }
  } finally {
    close();
  }
  expect([...answered]).toEqual(expect.arrayContaining(expected));
  await expectServed();
}, 480_000);

async function expectServed(): Promise<void> {
  const rows = await api.sql<{ id: number; pattern: string | null; variants: string | null; text: string }>(
    `select id, pattern, variants, coalesce(value, ramp, '0') as text from rollouts`,
  );
  expect(rows.length).toBeGreaterThanOrEqual(2);
  for (const { id, pattern, variants, text } of rows) {
    await expectStatus(200, api.get(`/rollouts/${id}`));
    await expectStatus(200, api.get(`/rollouts/${id}/members`));
    if (pattern !== null) compilePattern(pattern);
    if (variants !== null) expect(parseStoredVariants(variants)).not.toBeNull();
    expect(parseStoredJson(text)).not.toBeNull();
  }
}

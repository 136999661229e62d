import { addFeatures, addRollout, declare, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
let id: number;
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  id = await addRollout(api.call, 'cache_size', { value: 1 });
});

const MEMBERS = ['Ann', 'ann', 'anna', 'ann@example.com', 'bob', 'ännchen'];
const SORTED = MEMBERS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const members = (query = '', accept = 'application/json') =>
  api.get(`/rollouts/${id}/members${query}`, { Accept: accept });

const fill = () => api.sql('insert into rollout_members (rollout, unit) select $1, unnest($2::text[])', [id, MEMBERS]);

it.each(['', 'a', 'ann', 'ann@', 'ä', 'z', '%', '_', 'ann\u{10ffff}'])(
  'the prefix %j finds what begins so, and nothing else, with the count',
  async (prefix) => {
    await fill();
    const expected = SORTED.filter((unit) => unit.startsWith(prefix));
    const { body } = await members(`?prefix=${encodeURIComponent(prefix)}`);
    expect(body).toEqual({ members: expected, count: expected.length, next_cursor: null });
  },
);

it('the count comes with the first page, whatever the limit', async () => {
  await fill();
  const first = (await members('?limit=2&prefix=a')).body as { count: number; next_cursor: string };
  expect(first).toMatchObject({ members: ['ann', 'ann@example.com'], count: 3 });
  const second = await members(`?limit=2&prefix=a&cursor=${first.next_cursor}`);
  expect(second.body).toEqual({ members: ['anna'], next_cursor: null });
});

it.each([
  ['text/csv', (unit: string) => unit],
  ['application/x-ndjson', (unit: string) => JSON.stringify(unit)],
])('as %s all come, one in a line', async (type, lineOf) => {
  const many = Array.from({ length: 25_000 }, (_, index) => `unit-${String(index).padStart(6, '0')}`);
  await api.sql('insert into rollout_members (rollout, unit) select $1, unnest($2::text[])', [id, many]);
  const answer = await members('', type);
  expect(answer.headers.get('content-type')).toContain(type);
  expect(answer.text).toBe(many.map((unit) => `${lineOf(unit)}\n`).join(''));
  const some = await members('?prefix=unit-0000', type);
  expect(some.text.split('\n').length).toBe(101);
});

it('a unit of another writer with a comma or quotes is quoted in CSV', async () => {
  await api.sql('insert into rollout_members (rollout, unit) values ($1, $2)', [id, 'a,"b"\nc']);
  expect((await members('', 'text/csv')).text).toBe('"a,""b""\nc"\n');
});

it('without members an export is empty, and of no rollout it is a 404', async () => {
  expect(await members('', 'text/csv')).toMatchObject({ status: 200, text: '' });
  expect((await api.get('/rollouts/999/members', { Accept: 'text/csv' })).status).toBe(404);
});

it.each(['limit=5', 'cursor=YW5u'])('an export by %s is a 422', async (query) => {
  expect((await members(`?${query}`, 'text/csv')).body).toMatchObject({
    status: 422,
    errors: [{ code: 'exclusive', parameter: query.split('=')[0] }],
  });
});

it('a bare client gets JSON', async () => {
  expect((await expectStatus(200, api.get(`/rollouts/${id}/members`, { Accept: '*/*' }))).body).toMatchObject({
    members: [],
  });
});

import { addFeatures, addRollout, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
let id: number;
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  id = await addRollout(api.call, 'cache_size', { value: 1 });
});

type Page = Readonly<{ members: readonly string[]; next_cursor: string | null }>;

const change = (body: unknown) => api.post(`/rollouts/${id}/members`, body);
const page = async (query = '') => (await api.get(`/rollouts/${id}/members${query}`)).body as Page;
const units = (count: number) =>
  Array.from({ length: count }, (_, number) => `unit-${String(number).padStart(5, '0')}`);

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** All pages one after the other; `meanwhile` happens after each. */
async function allPages(limit: number, meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const next: Page = await page(`?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(next.members.length).toBeLessThanOrEqual(limit);
    found.push(...next.members);
    cursor = next.next_cursor;
    await meanwhile();
  }
  return found;
}

describe('POST /api/v1/rollouts/{id}/members', () => {
  it('adds and removes units, and the same again changes nothing', async () => {
    for (let round = 0; round < 2; round += 1) {
      expect((await change({ add: ['jim', 'ann', 'jim', 'joe'] })).body).toEqual(
        round === 0 ? { added: 3, already: 0, removed: 0 } : { added: 0, already: 3, removed: 0 },
      );
      expect(await page()).toEqual({ members: ['ann', 'jim', 'joe'], next_cursor: null });
    }
    for (let round = 0; round < 2; round += 1) {
      expect((await change({ add: ['ann', 'zoe'], remove: ['jim', 'nobody'] })).body).toEqual(
        round === 0 ? { added: 1, already: 1, removed: 1 } : { added: 0, already: 2, removed: 0 },
      );
      expect(await page()).toEqual({ members: ['ann', 'joe', 'zoe'], next_cursor: null });
    }
    expect((await api.get(`/rollouts/${id}`)).body).toMatchObject({ member_count: 3 });
  });

  it('leaves the members of other rollouts alone', async () => {
    const other = await addRollout(api.call, 'cache_size', { value: 1, feature: 'account' });
    await api.post(`/rollouts/${other}/members`, { add: ['jim', 'ann'] });
    await change({ add: ['jim'] });
    await change({ remove: ['jim', 'ann'] });
    expect(await api.sql('select * from rollout_members order by unit')).toEqual([
      { rollout: other, unit: 'ann' },
      { rollout: other, unit: 'jim' },
    ]);
  });

  it('takes ten thousand units at a time, not one more, and lists and counts them', async () => {
    const all = units(10_000);
    expect((await change({ add: all.slice(0, 9_000), remove: all.slice(9_000) })).status).toBe(200);
    expect((await change({ add: all })).status).toBe(200);
    expect((await api.get(`/rollouts/${id}`)).body).toMatchObject({ member_count: 10_000 });
    expect((await page('?limit=10000')).members).toEqual(all);
    const tooMany = await api.unchanged(() => change({ add: units(9_999), remove: ['a', 'b'] }));
    expect(tooMany.body).toMatchObject({
      status: 422,
      errors: [{ message: matching(/10000.*10001/) }],
    });
    expect((await change({ remove: all })).status).toBe(200);
    expect(await page()).toEqual({ members: [], next_cursor: null });
  });

  it('takes a number or a boolean for its text', async () => {
    expect((await change({ add: [5, true, 1.5] })).status).toBe(200);
    expect((await page()).members).toEqual(['1.5', '5', 'true']);
  });

  it('points to each unit that is none', async () => {
    const answer = await api.unchanged(() => change({ add: ['a', 'a b', ''], remove: [null] }));
    const { errors } = answer.body as { errors: { pointer: string; code: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/add/1', '/add/2', '/remove/0']);
  });

  it('does nothing for empty lists', async () => {
    await change({ add: ['jim'] });
    expect((await api.unchanged(() => change({ add: [], remove: [] }))).status).toBe(200);
    expect((await api.unchanged(() => change({ add: null, remove: [] }))).status).toBe(200);
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', {}, /give add, remove, or both/],
    [
      'a member of the body that is unknown',
      { add: ['a'], units: ['a'] },
      /"units" is no member of this body; accepted: add, remove/,
    ],
    ['no list', { add: 'jim' }, /a list of units; given: "jim"/],
    ['an object', { remove: { jim: true } }, /a list of units; given: an object/],
    ['null', { add: [null] }, /given: null/],
    ['a list', { add: ['ok', ['jim']] }, /given: a list of 1/],
    ['the empty text', { add: [''] }, /given: ""/],
    ['white space', { remove: ['a b'] }, /given: "a b"/],
    ['U+0000', { add: ['a\0'] }, /given: "a\\u0000"/],
    ['half a character', { add: ['\ud800'] }, /given/],
    ['too long a unit', { add: ['x'.repeat(256)] }, /1 to 255/],
    ['a unit to add and remove', { add: ['ann', 'jim'], remove: ['jim'] }, /"jim" cannot both/],
  ])('answers 422 to %s, and carries nothing out', async (_, body, message) => {
    await change({ add: ['jim', 'ok2'] });
    const answer = await api.unchanged(() => change(body));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ message: matching(message) }] });
  });
});

describe('GET /api/v1/rollouts/{id}/members', () => {
  it('pages through the members in the order of their bytes, whatever the length of a page', async () => {
    const odd = ['A', 'a', 'a@example.com', 'Z', 'é', 'Ω1', '日本', '𐐷', 'a-b_c.d@e+f/g=h~i#j', '10', '9', '__proto__'];
    await change({ add: odd });
    const sorted = [...odd].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const limit of [1, 2, 3, 5, 11, 12, 13, 10_000]) expect(await allPages(limit)).toEqual(sorted);
  });

  it('lists whoever stays exactly once, while others come and go', async () => {
    const [staying, going] = [units(60).filter((_, at) => at % 2 === 0), units(60).filter((_, at) => at % 2 === 1)];
    await change({ add: [...staying, ...going] });
    let round = 0;
    const found = await allPages(7, async () => {
      round += 1;
      await change({ remove: going.slice(0, round * 5), add: [`unit-0000${round % 10}-new`, `a${round}`] });
    });
    expect(found.filter((unit) => staying.includes(unit))).toEqual(staying);
    expect(new Set(found).size).toBe(found.length);
  });

  it('goes on after a member that is gone', async () => {
    await change({ add: ['a', 'b', 'c'] });
    const { next_cursor } = await page('?limit=2');
    await change({ remove: ['b'] });
    expect(await page(`?cursor=${next_cursor}`)).toEqual({ members: ['c'], next_cursor: null });
  });

  it('has a thousand members on a page unless told otherwise', async () => {
    await change({ add: units(1001) });
    const first = await page();
    expect(first.members).toHaveLength(1000);
    expect(await page(`?cursor=${first.next_cursor}`)).toEqual({ members: ['unit-01000'], next_cursor: null });
  });

  it.each(['limit=0', 'limit=10001', 'limit=-1', 'limit=x', 'limit=1.0', 'limit=', 'limit=5&limit=6', 'limit=%D9%A1'])(
    'answers 422 to %s',
    async (query) => {
      const answer = await api.get(`/rollouts/${id}/members?${query}`);
      expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'limit' }] });
    },
  );

  it.each(['', 'x', '!!', 'amlt=', 'YQA', 'AA', '_w', 'amlt&cursor=amlt'])(
    'answers 422 to the cursor %s, which no page gave',
    async (cursor) => {
      const answer = await api.get(`/rollouts/${id}/members?cursor=${cursor}`);
      expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'cursor' }] });
    },
  );
});

describe('GET /api/v1/rollouts/{id}/members/{unit}', () => {
  it.each(['jim', 'é', '日本', '𐐷'.repeat(255), 'a-b_c.d@e+f/g=h~i#j', 'a/b', '/', '2F', '__proto__'])(
    'answers 204 for the member %s and 404 for what is none',
    async (unit) => {
      await change({ add: [unit] });
      const path = `/rollouts/${id}/members/${encodeURIComponent(unit)}`;
      expect(await api.get(path)).toMatchObject({ status: 204, text: '' });
      await change({ remove: [unit] });
      expect((await api.get(path)).status).toBe(404);
    },
  );

  it('names the rollout and the unit where it is no member', async () => {
    await change({ add: ['jim'] });
    expect((await api.get(`/rollouts/${id}/members/Jim`)).text).toBe(`the rollout ${id} has no member "Jim"`);
    const other = await addRollout(api.call, 'cache_size', { value: 1, feature: 'account' });
    expect((await api.get(`/rollouts/${other}/members/jim`)).status).toBe(404);
  });

  it.each(['a%20b', '%00', '%2A', encodeURIComponent('x'.repeat(256))])(
    'answers 404 to %s, which no unit can be',
    async (unit) => {
      const answer = await api.get(`/rollouts/${id}/members/${unit}`, { accept: 'application/json' });
      expect(answer.body).toMatchObject({ status: 404, errors: [{ parameter: 'unit', code: 'member_not_found' }] });
    },
  );
});

describe('the members of a rollout as lines', () => {
  const CSV = { 'Content-Type': 'text/csv' };
  const NDJSON = { 'Content-Type': 'application/x-ndjson; charset=utf-8' };
  const path = (): string => `/rollouts/${id}/members`;
  const members = async (): Promise<readonly string[]> => (await page('?limit=10000')).members;

  it('are replaced by PUT, from JSON, CSV and NDJSON alike', async () => {
    expect((await api.put(path(), { members: ['ann', 'jim'] })).body).toEqual({ added: 2, already: 0, removed: 0 });
    const csv = '\ufeffjim\r\n\r\n"zoe"\r\njim\r\n';
    expect((await api.put(path(), csv, CSV)).body).toEqual({ added: 1, already: 1, removed: 1 });
    expect(await members()).toEqual(['jim', 'zoe']);
    expect((await api.put(path(), '"joe"\n5\n', NDJSON)).body).toEqual({ added: 2, already: 0, removed: 2 });
    expect(await members()).toEqual(['5', 'joe']);
    expect((await api.put(path(), { members: [] })).body).toEqual({ added: 0, already: 0, removed: 2 });
    expect(await members()).toEqual([]);
  });

  it('are added, removed and replaced by POST, as the mode says', async () => {
    expect((await api.post(path(), 'a\nb\nc', CSV)).body).toEqual({ added: 3, already: 0, removed: 0 });
    expect((await api.post(`${path()}?mode=remove`, 'a\nx', CSV)).body).toEqual({ added: 0, already: 0, removed: 1 });
    expect((await api.post(`${path()}?mode=replace`, '"b"\n"d"', NDJSON)).body).toEqual({
      added: 1,
      already: 1,
      removed: 1,
    });
    expect(await members()).toEqual(['b', 'd']);
    const header = { 'Content-Type': 'text/csv; header=present' };
    expect((await api.post(`${path()}?mode=add`, 'unit\ne', header)).body).toEqual({
      added: 1,
      already: 0,
      removed: 0,
    });
    expect(await members()).toEqual(['b', 'd', 'e']);
  });

  it('may be more than one call of JSON takes, and are one change', async () => {
    const many = units(60_000);
    expect((await api.put(path(), many.join('\n'), CSV)).body).toEqual({ added: 60_000, already: 0, removed: 0 });
    expect((await api.get(`/rollouts/${id}`)).body).toMatchObject({ member_count: 60_000 });
    const transactions = await api.sql(
      `select count(distinct tx)::int from heksher_changes where "table" = 'rollout_members'
         and new ->> 'unit' = any (array['unit-00000', 'unit-59999']) and new ->> 'rollout' = $1`,
      [String(id)],
    );
    expect(transactions).toEqual([{ count: 1 }]);
    expect((await api.put(path(), many.slice(1).join('\n'), CSV)).body).toEqual({
      added: 0,
      already: 59_999,
      removed: 1,
    });
  });

  it.each([
    ['a line that is no unit', 'a\nb c\nd', CSV, 2],
    ['a second column', 'a\nb\nc,d', CSV, 3],
    ['a line that is no JSON', '"a"\nb', NDJSON, 2],
    ['a line that is an object', '{}\n"a"', NDJSON, 1],
  ])('%s is a 422 that gives its number, and changes nothing', async (_what, body, headers, line) => {
    const answer = await api.unchanged(() => api.put(path(), body, headers));
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '', line }] } });
  });

  it.each([
    ['a mode with JSON', '?mode=add', { add: ['a'] }, {}, 'mode'],
    ['an unknown mode', '?mode=toggle', 'a', CSV, 'mode'],
    ['an unknown parameter', '?dry_run=true', 'a', CSV, 'dry_run'],
    ['an unknown member', '', { add: ['a'], prefix: 'x' }, {}, 'prefix'],
  ])('%s is a 422 by its name, and changes nothing', async (_what, query, body, headers, field) => {
    const answer = await api.unchanged(() => api.post(path() + query, body, headers));
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field }] } });
  });

  it('PUT without the members, or with a null for them, changes nothing', async () => {
    for (const body of [{}, { members: null }, { add: ['a'] }]) {
      expect((await api.unchanged(() => api.put(path(), body))).status).toBe(422);
    }
  });

  it('of 10 replacements at once the members are those of one', async () => {
    const lists = Array.from({ length: 10 }, (_, list) => [`a${list}`, `b${list}`]);
    const answers = await Promise.all(lists.map((given) => api.put(path(), { members: given })));
    expect(answers.map(({ status }) => status)).toEqual(lists.map(() => 200));
    expect(lists).toContainEqual(await members());
  });
});

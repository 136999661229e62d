import { addFeatures, addRollout, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
/** The revision before the test. */
let start: number;
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  const [row] = await api.sql<{ seq: string }>('select seq from heksher_revision');
  start = Number(row?.seq);
  await declare(api.call);
});

type Change = Readonly<{ kind: string; op: string; setting?: string; old: unknown; new: unknown }>;
type Entry = Readonly<{
  seq: number;
  revision: string;
  actor: string;
  message: string | null;
  request_id: string | null;
  changes: readonly Change[];
  changes_omitted: number;
}>;
type Page = Readonly<{ entries: readonly Entry[]; next_cursor: string | null }>;

async function history(query = ''): Promise<Page> {
  const { status, body } = await api.get(`/history?${query}`);
  expect(status).toBe(200);
  return body as Page;
}

async function newest(query = ''): Promise<Entry> {
  const [entry] = (await history(`limit=1&${query}`)).entries;
  if (entry === undefined) throw new Error('there is no entry');
  return entry;
}

it('an entry says who, why and for which request, and has what there was and is as reads give it', async () => {
  const id = await addRule(api.call, 'cache_size', { user: 'guest' }, 10, { ticket: 'OPS-1' });
  const { body: old } = await api.get(`/rules/${id}`);
  const changed = await api.put(
    `/rules/${id}`,
    { value: 20, feature_values: { theme: 'dark', user: 'guest' } },
    { 'Heksher-Message': 'more room', 'X-Request-Id': 'request-7' },
  );
  const { body: now } = await api.get(`/rules/${id}`);
  const entry = await newest();
  const [user] = await api.sql<{ actor: string }>('select session_user as actor');
  expect(entry).toMatchObject({ ...user, message: 'more room', request_id: 'request-7', changes_omitted: 0 });
  expect(entry.revision).toBe(changed.headers.get('heksher-revision'));
  expect(entry.changes).toEqual([
    {
      ...{ kind: 'rule', op: 'changed', setting: 'cache_size', rule_id: id },
      ...{ feature_values: [['user', 'guest'], ['theme', 'dark']], old, new: now }, // prettier-ignore
    },
  ]);
});

it('a value is told as it was written, whatever a double could hold', async () => {
  await declare(api.call, { name: 'exact', type: 'float', default_value: 1 });
  await api.sql(`insert into setting_metadata values ('exact', 'n', '12345678901234567890.10')`);
  await api.sql(`update settings set default_value = '1.0e0' where name = 'exact'`);
  const { text } = await api.get('/history?limit=2');
  expect(text).toContain('"default_value":1.0e0');
  expect(text).toContain('"metadata":{"n":12345678901234567890.10}');
});

it('members are counted, and listed in pages when one asks for them', async () => {
  const id = await addRollout(api.call, 'cache_size', { percentage: 5, value: 1, members: ['ann', 'bob'] });
  await api.put(`/rollouts/${id}/members`, { members: ['bob', 'cid', 'dan', 'eve'] });
  const { seq, changes } = await newest();
  expect(changes).toMatchObject([{ kind: 'rollout', op: 'changed', members: { added: 3, removed: 1 } }]);
  const first = await api.get(`/history/${seq}?members_of=${id}&limit=3`);
  expect(first.body).toMatchObject({ members: { rollout_id: id, added: ['cid', 'dan'], removed: ['ann'] } });
  const { next_cursor } = first.body as { next_cursor: string };
  const second = await api.get(`/history/${seq}?members_of=${id}&limit=3&cursor=${next_cursor}`);
  expect(second.body).toEqual({ seq, members: { rollout_id: id, added: ['eve'], removed: [] }, next_cursor: null });
});

it('a transaction is one entry, found by each of its revisions, in which what comes to nothing is not told', async () => {
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  const before = await newest();
  await api.sql(`begin; update rules set value = '11'; update rules set value = '10';
                 insert into context_features values ('team', 9); commit`);
  const entry = await newest();
  expect(entry.changes).toEqual([
    {
      ...{ kind: 'context_features', op: 'changed' },
      ...{ old: ['account', 'user', 'theme'], new: ['account', 'user', 'theme', 'team'] },
    },
  ]);
  expect(entry.seq - before.seq).toBe(3);
  for (const seq of [before.seq + 1, before.seq + 2, entry.seq]) {
    const { body } = await api.get(`/history/${seq}`);
    expect(body).toEqual({ ...entry, next_cursor: null });
  }
});

it('what a deletion takes along, and a truncation, is told', async () => {
  const id = await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await api.sql('truncate conditions');
  expect((await newest()).changes).toMatchObject([{ kind: 'rule', op: 'changed', new: { feature_values: [] } }]);
  await api.delete('/settings/cache_size');
  expect((await newest()).changes.map(({ kind, op, new: now }) => [kind, op, now])).toEqual([
    ['setting', 'deleted', null],
    ['rule', 'deleted', null],
  ]);
  expect((await history('setting=cache_size')).entries[0]?.changes).toMatchObject([{}, { rule_id: id }]);
});

describe('the history of one setting', () => {
  const seqs = async (setting: string): Promise<readonly number[]> =>
    (await history(`setting=${setting}&after=${start}`)).entries.map(({ seq }) => seq);

  it('goes on through other names, whichever one asks by, and tells nothing of others', async () => {
    await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
    await api.put('/settings/cache_size/name', { name: 'cache_limit', version: '1.1' });
    expect((await newest()).changes).toMatchObject([
      {
        kind: 'setting',
        op: 'changed',
        setting: 'cache_limit',
        old: { name: 'cache_size' },
        new: { name: 'cache_limit' },
      },
    ]);
    await declare(api.call, { name: 'other' });
    await addRollout(api.call, 'cache_limit', { percentage: 5, value: 1, members: ['ann'] });
    const all = await seqs('cache_limit');
    expect(all).toHaveLength(4);
    expect(await seqs('cache_size')).toEqual(all);
    expect(await seqs('other')).toHaveLength(1);
    expect(await seqs('none')).toEqual([]);
  });

  it('ends where another setting had the name before', async () => {
    await api.sql(`begin; update settings set name = 'moved' where name = 'cache_size'; commit`);
    await declare(api.call);
    expect(await seqs('cache_size')).toHaveLength(1);
    expect(await seqs('moved')).toHaveLength(2);
  });

  it('is found by the name of what is gone', async () => {
    await api.sql(`update settings set name = 'moved' where name = 'cache_size'`);
    await api.delete('/settings/moved');
    expect(await seqs('cache_size')).toHaveLength(3);
    expect(await seqs('moved')).toHaveLength(3);
  });

  it('in a transaction about several, has only what is of this one', async () => {
    await declare(api.call, { name: 'other' });
    await api.sql(`update settings set default_value = '7'`);
    expect((await newest('setting=other')).changes).toMatchObject([{ setting: 'other' }]);
    expect((await newest()).changes).toHaveLength(2);
  });
});

it('entries are found by actor, and between revisions or times', async () => {
  await api.sql(`begin; set local heksher.actor = 'ana'; update settings set default_value = '1'; commit`);
  const ana = await newest();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await api.sql(`begin; set local heksher.actor = 'bob'; update settings set default_value = '2'; commit`);
  const bob = await newest();
  const found = async (query: string): Promise<readonly string[]> =>
    (await history(query)).entries.map(({ actor }) => actor);
  expect(await found('actor=ana')).toEqual(['ana']);
  expect(await found('actor=ana&setting=cache_size')).toEqual(['ana']);
  expect(await found(`after=${ana.seq}`)).toEqual(['bob']);
  expect(await found(`after=${ana.seq - 1}&before=${bob.seq}`)).toEqual(['ana']);
  const { at } = ana as unknown as { at: string };
  const later = new Date(Date.parse(at) + 10).toISOString();
  expect(await found(`after=${later}`)).toEqual(['bob']);
  expect((await found(`before=${later}`))[0]).toBe('ana');
  expect(await found(`after=2999-01-01T00:00:00Z`)).toEqual([]);
});

it('a large transaction is told in pages, and a list counts what it leaves out', async () => {
  await api.sql(`insert into rules (setting, value) select 'cache_size', n::text from generate_series(1, 300) n`);
  const { seq, changes, changes_omitted } = await newest();
  expect([changes.length, changes_omitted]).toEqual([20, 280]);
  const ids: unknown[] = [];
  for (let cursor = ''; ;) {
    const { body } = await api.get(`/history/${seq}?limit=120&cursor=${cursor}`);
    const page = body as Entry & { next_cursor: string | null };
    ids.push(...page.changes.map((change) => (change as Change & { rule_id: number }).rule_id));
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  expect([ids.length, new Set(ids).size]).toEqual([300, 300]);
});

it('tells what differs between two states, one way and the other', async () => {
  const { seq: from } = await newest();
  const id = await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await api.put('/settings/cache_size/name', { name: 'cache_limit', version: '1.1' });
  const { seq: to } = await newest();
  const there = (await api.get(`/diff?from=${from}&to=${to}`)).body as Entry;
  expect(there).toMatchObject({ from, to, changes_omitted: 0 });
  expect(there.changes.map(({ kind, op }) => [kind, op])).toEqual([
    ['setting', 'changed'],
    ['rule', 'created'],
  ]);
  const back = (await api.get(`/diff?from=${to}&to=${from}`)).body as Entry;
  expect(back.changes).toMatchObject([
    { kind: 'setting', op: 'changed', setting: 'cache_size', new: { name: 'cache_size' } },
    { kind: 'rule', op: 'deleted', rule_id: id, new: null },
  ]);
  expect((await api.get(`/diff?from=${from}`)).body).toEqual(there);
  expect((await api.get(`/diff?from=${from}&setting=cache_limit&limit=1`)).body).toMatchObject({
    changes: [{ kind: 'setting' }],
    changes_omitted: 1,
  });
  expect((await api.get(`/diff?from=${from}&setting=none`)).status).toBe(404);
});

it('what SQL moved to another setting is one change, in a history as in differences', async () => {
  await declare(api.call, { name: 'other', configurable_features: ['user', 'theme'] });
  const rule = await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  const rollout = await addRollout(api.call, 'cache_size', { percentage: 5, value: 1, members: ['a'] });
  const { seq } = await newest();
  await api.sql(`begin; update rules set setting = 'other'; update rollouts set setting = 'other'; commit`);
  const { changes } = await newest();
  const moved = { op: 'changed', setting: 'other', old: { setting: 'cache_size' }, new: { setting: 'other' } };
  expect(changes).toMatchObject([
    { ...moved, kind: 'rule', rule_id: rule },
    { ...moved, kind: 'rollout', rollout_id: rollout },
  ]);
  expect(changes[1]).not.toHaveProperty('members');
  expect((await api.get(`/diff?from=${seq}`)).body).toMatchObject({ changes });
  const { body } = await api.get(`/diff?from=${seq}&setting=other`);
  expect(body).toMatchObject({
    changes: [
      { op: 'created', rule_id: rule },
      { op: 'created', rollout_id: rollout },
    ],
  });
});

it('gives the differences in pages, of the same two states whatever is written meanwhile', async () => {
  const { seq: from } = await newest();
  const ids: number[] = [];
  for (let user = 0; user < 25; user += 1)
    ids.push(await addRule(api.call, 'cache_size', { user: `of_${user}` }, user));
  await api.delete(`/rules/${ids[3]}`);
  const { seq: to } = await newest();
  const whole = (await api.get(`/diff?from=${from}&to=${to}`)).body as Entry;
  const pages: unknown[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { body } = await api.get(`/diff?from=${from}&limit=10&cursor=${cursor}`);
    const page = body as Entry & { to: number; next_cursor: string | null };
    expect(page.to).toBe(to);
    pages.push(...page.changes);
    cursor = page.next_cursor;
    await addRule(api.call, 'cache_size', { user: `later_${pages.length}` }, 1);
  }
  expect(pages).toEqual(whole.changes);
  expect(pages).toHaveLength(24);
  expect((await api.get(`/diff?from=${from}&cursor=W10`)).status).toBe(422);
});

it.each([
  ['/history?page=2', 'unknown_parameter'],
  ['/history?limit=201', 'malformed'],
  ['/history?limit=0', 'malformed'],
  ['/history?cursor=nonsense', 'malformed'],
  ['/history?after=yesterday', 'malformed'],
  ['/history?setting=%00', 'malformed'],
  ['/history?setting=a&setting=b', 'malformed'],
  ['/history?as_of=1', 'unknown_parameter'],
  ['/history/seven', 'malformed'],
  ['/history/7?members_of=x', 'malformed'],
  ['/history/7?cursor=WyJhIl0', 'malformed'],
  ['/history/7?members_of=1&cursor=WzFd', 'malformed'],
  ['/diff', 'missing'],
  ['/diff?from=1&to=x', 'malformed'],
  ['/diff?from=1&to=999999999', 'in_future'],
  ['/diff?from=1&page=1', 'unknown_parameter'],
])('%s is refused, and it is said why', async (path, code) => {
  const { status, body } = await api.get(path);
  expect([status, (body as { code: string }).code]).toEqual([422, code]);
});

it('an entry that there is not is a 404', async () => {
  expect((await api.get('/history/999999999')).status).toBe(404);
  expect((await api.get('/history/0')).status).toBe(404);
});

it('an entry has a tag, and is not sent again', async () => {
  const { seq } = await newest();
  const { headers } = await api.get(`/history/${seq}`);
  expect((await api.get(`/history/${seq}`, { 'If-None-Match': headers.get('etag') ?? '' })).status).toBe(304);
});

import { EventSource } from 'eventsource';
import { type ChangeEvent, eventsOf, openStream } from '../support/feed/event-reader.js';
import { addFeatures, addRollout, addRule, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
/** The cursor before the test. */
let start: string;
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await declare(api.call, { name: 'billing.rate', type: 'int', default_value: 1 });
  start = await now();
});

type Page = Readonly<{ changes: readonly ChangeEvent[]; next: string; reset: boolean }>;

async function page(query: string): Promise<Page> {
  return (await expectStatus(200, api.get(`/changes?${query}`))).body as Page;
}

async function now(): Promise<string> {
  const [row] = await api.sql<{ cursor: string }>(
    `select seq || '-' || left(token::text, 8) as cursor from heksher_revision`,
  );
  return row?.cursor ?? '';
}

/** At once. */
const MORE_THAN_ARE_READ = 110;

const streamUrl = (query = ''): string => `${api.url()}/api/v1/changes${query}`;

describe('a page', () => {
  it('has each transaction as one event, as the history tells it', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
    const changed = await expectStatus(
      204,
      api.put(`/rules/${id}/value`, { value: 20 }, { 'Heksher-Message': 'more room', 'X-Request-Id': 'request-7' }),
    );
    const { changes, next, reset } = await page(`after=${start}`);
    expect([changes.length, next, reset]).toEqual([2, changed.headers.get('heksher-revision'), false]);
    const { entries } = (await api.get('/history?limit=1')).body as { entries: readonly { changes: unknown }[] };
    expect(changes[1]).toMatchObject({
      ...{ id: next, message: 'more room', request_id: 'request-7', settings: ['cache_size'], changes_omitted: 0 },
      changes: entries[0]?.changes,
    });
    const [first, second] = changes;
    expect(first?.from_seq).toBe(Number(start.split('-')[0]) + 1);
    expect(second?.from_seq).toBe(Number(first?.seq) + 1);
  });

  it('tells the same of a transaction while it is the newest, among others, far behind, and as the history does', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'guest', theme: 'dark' }, 10);
    start = await now();
    const writes: (() => Promise<unknown>)[] = [
      () => expectStatus(204, api.put(`/rules/${id}/value`, { value: 20 })),
      () => addRollout(api.call, 'billing.rate', { percentage: 10, value: 3 }),
      () => expectStatus(204, api.put('/settings/billing.rate/name', { name: 'price', version: '1.1' })),
      () => api.sql(`update settings set default_value = '5' where name = 'price'`),
      () => expectStatus(204, api.patch('/context_features/user/index', { to_before: 'account' })),
      () => api.sql(`begin; delete from rollouts; update settings set name = 'cost' where name = 'price'; commit`),
    ];
    const asNewest: Page[] = [];
    let cursor = start;
    for (const write of writes) {
      await write();
      const found = await page(`after=${cursor}`);
      asNewest.push(found);
      cursor = found.next;
    }
    const events = asNewest.flatMap(({ changes }) => changes);
    expect(events.every(({ changes }) => changes.length > 0)).toBe(true);
    expect((await page(`after=${start}`)).changes).toEqual(events);
    const { entries } = (await api.get(`/history?limit=${events.length}`)).body as {
      entries: readonly { changes: unknown }[];
    };
    expect(events.map(({ changes }) => changes).toReversed()).toEqual(entries.map(({ changes }) => changes));
    await api.sql(`
      do $$ begin
        for value in 1..${MORE_THAN_ARE_READ} loop
          update settings set default_value = value::text where name = 'cost';
          commit;
        end loop;
        delete from rules;
        update settings set name = 'charge' where name = 'cost';
      end $$`);
    expect((await page(`after=${start}`)).changes.slice(0, events.length)).toEqual(events);
  });

  it('goes on from the cursor of the page before, to nothing', async () => {
    for (const value of [1, 2, 3]) await addRule(api.call, 'cache_size', { user: `u${value}` }, value);
    const first = await page(`after=${start}&limit=2`);
    const second = await page(`after=${first.next}&limit=2`);
    const values = [...first.changes, ...second.changes].map(
      ({ changes }) => (changes[0]?.new as { value: number }).value,
    );
    expect(values).toEqual([1, 2, 3]);
    expect(await page(`after=${second.next}`)).toEqual({ changes: [], next: second.next, reset: false });
    expect(second.next).toBe(await now());
  });

  it('begins now without a cursor, and with the oldest change at 0', async () => {
    expect(await page('')).toEqual({ changes: [], next: start, reset: false });
    const { changes } = await page('after=0&limit=1');
    expect(changes[0]?.from_seq).toBe(1);
  });

  it('is never in the middle of a transaction, whoever wrote it', async () => {
    await api.sql(`
      begin;
      insert into rules (setting, value) values ('cache_size', '7');
      update settings set default_value = '2' where name = 'billing.rate';
      commit`);
    const [only, ...more] = (await page(`after=${start}`)).changes;
    expect(more).toEqual([]);
    expect(only).toMatchObject({ settings: ['billing.rate', 'cache_size'] });
    expect(only?.changes).toHaveLength(2);
    // From its first revision on, it comes as a whole.
    const [mark] = await api.sql<{ cursor: string }>(
      `select seq || '-' || left(token::text, 8) as cursor from heksher_changes where seq = $1 and op = 'statement'`,
      [only?.from_seq],
    );
    expect((await page(`after=${mark?.cursor}`)).changes).toEqual([only]);
  });

  it('has what was asked for: settings by name, by alias and by prefix; and moved features in any case', async () => {
    await addRule(api.call, 'cache_size', { user: 'a' }, 1);
    await addRule(api.call, 'billing.rate', { user: 'a' }, 2);
    await expectStatus(204, api.put('/settings/billing.rate/name', { name: 'price', version: '1.1' }));
    await addRule(api.call, 'price', { user: 'b' }, 3);
    await expectStatus(204, api.patch('/context_features/user/index', { to_before: 'account' }));
    const settings = async (filter: string) =>
      (await page(`after=${start}&settings=${filter}`)).changes.map((change) => change.settings.join(' '));
    expect(await settings('cache_size')).toEqual(['cache_size', '']);
    expect(await settings('billing.*')).toEqual(['billing.rate', 'billing.rate price', 'price', '']);
    expect(await settings('price')).toEqual(['price', 'price', '']);
    expect(await settings('nothing,cache_size')).toEqual(['cache_size', '']);
    const { next, changes } = await page(`after=${start}&settings=nothing.at.all`);
    expect([next, changes.length]).toEqual([await now(), 1]);
  });

  it('counts what is too much to list, and says how to get it', async () => {
    await api.sql(`insert into rules (setting, value) select 'cache_size', '1' from generate_series(1, 1100)`);
    const [event] = (await page(`after=${start}`)).changes;
    expect([event?.changes.length, event?.changes_omitted]).toEqual([1000, 100]);
    expect(event?.settings).toEqual(['cache_size']);
    expect((await api.get(`/history/${event?.seq}?limit=1`)).body).toMatchObject({ changes_omitted: 1099 });
  });

  it('of a database that was restored, or of a log that was pruned, is a reset to now', async () => {
    await addRule(api.call, 'cache_size', { user: 'a' }, 1);
    const reset = { changes: [], next: await now(), reset: true };
    const [seq = '', token = ''] = start.split('-');
    const other = token.replace(/./, (digit) => (digit === '0' ? '1' : '0'));
    expect(await page(`after=${seq}-${other}`)).toEqual(reset);
    expect(await page(`after=${Number(seq) + 1000}-${token}`)).toEqual(reset);
    await api.sql('delete from heksher_changes where seq <= $1', [seq]);
    expect(await page(`after=${start}`)).toEqual(reset);
  });

  it('from the oldest change has whole transactions alone where the log is being pruned', async () => {
    await api.sql(`
      begin;
      insert into rules (setting, value) values ('cache_size', '7');
      insert into rules (setting, value) values ('cache_size', '8');
      commit`);
    const [last] = (await now()).split('-').map(Number);
    await addRule(api.call, 'cache_size', { user: 'a' }, 1);
    await api.sql('delete from heksher_changes where seq < $1', [last]);
    const { changes } = await page('after=0');
    expect(changes.map(({ from_seq }) => from_seq)).toEqual([Number(last) + 1]);
  });

  it('waits for the first event, and not for longer than it is told', async () => {
    const waiting = page(`after=${start}&wait=30`);
    await addRule(api.call, 'cache_size', { user: 'a' }, 1);
    expect((await waiting).changes.map(({ settings }) => settings)).toEqual([['cache_size']]);
    expect(await page(`after=${await now()}&wait=1`)).toEqual({ changes: [], next: await now(), reset: false });
  });

  it('waits for what was asked for, and knows how far it has looked', async () => {
    const waiting = page(`after=${start}&wait=30&settings=billing.*`);
    await addRule(api.call, 'cache_size', { user: 'a' }, 1);
    await api.sql(`update settings set default_value = '3' where name = 'billing.rate'`);
    const { changes, next } = await waiting;
    expect(changes.map(({ settings }) => settings)).toEqual([['billing.rate']]);
    expect(next).toBe(await now());
  });
});

describe('a stream', () => {
  it('has the head that proxies and browsers need, and begins now', async () => {
    const stream = await openStream(streamUrl());
    expect([stream.status, stream.headers]).toMatchObject([
      200,
      {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        connection: 'keep-alive',
        vary: 'Accept',
      },
    ]);
    expect(stream.headers).not.toHaveProperty('content-length');
    expect(stream.headers).not.toHaveProperty('content-encoding');
    await until('its place', () => stream.blocks.length === 2);
    expect(stream.blocks).toMatchObject([{ retry: '2000' }, { id: start }]);
    stream.close();
  });

  it('has each transaction as an event on one line, with its cursor as the id', async () => {
    const stream = await openStream(streamUrl());
    await until('its place', () => stream.blocks.length === 2);
    const id = await addRollout(api.call, 'cache_size', { percentage: 5, value: 1, metadata: { text: 'a\nb' } });
    await expectStatus(204, api.delete(`/rollouts/${id}`));
    const events = await eventsOf(stream, 2);
    expect(events).toMatchObject([{ event: 'change' }, { event: 'change', id: await now() }]);
    expect(stream.changes()).toEqual((await page(`after=${start}`)).changes);
    stream.close();
  });

  it('goes on behind the last event that the client has seen, whatever its address says', async () => {
    for (const value of [1, 2, 3]) await addRule(api.call, 'cache_size', { user: `u${value}` }, value);
    const { changes } = await page(`after=${start}`);
    const stream = await openStream(streamUrl(`?after=${start}`), { 'Last-Event-ID': changes[0]?.id ?? '' });
    await eventsOf(stream, 2);
    expect(stream.changes()).toEqual(changes.slice(1));
    stream.close();
    const whole = await openStream(streamUrl(`?after=${start}`), { 'Last-Event-ID': '' });
    await eventsOf(whole, 3);
    expect(whole.changes()).toEqual(changes);
    whole.close();
  });

  it('of another history is told to begin anew, once', async () => {
    const stream = await openStream(streamUrl('?after=5-00000000'));
    await eventsOf(stream, 1);
    expect(stream.events()).toMatchObject([
      { event: 'reset', id: start, data: JSON.stringify({ reset: true, next: start }) },
    ]);
    await addRule(api.call, 'cache_size', { user: 'a' }, 1);
    expect((await eventsOf(stream, 2))[1]).toMatchObject({ event: 'change' });
    stream.close();
  });

  it('has what was asked for', async () => {
    const stream = await openStream(streamUrl('?settings=billing.*'));
    await until('its place', () => stream.blocks.length === 2);
    await addRule(api.call, 'cache_size', { user: 'a' }, 1);
    await addRule(api.call, 'billing.rate', { user: 'a' }, 2);
    await eventsOf(stream, 1);
    expect(stream.changes().map(({ settings }) => settings)).toEqual([['billing.rate']]);
    stream.close();
  });

  it('is read by a browser that comes back with the id it has', async () => {
    const source = new EventSource(streamUrl(`?after=${start}`));
    const seen: string[] = [];
    source.addEventListener('change', ({ data }) => seen.push((JSON.parse(data as string) as ChangeEvent).id));
    await addRule(api.call, 'cache_size', { user: 'a' }, 1);
    await until('an event', () => seen.length === 1);
    expect(seen).toEqual([await now()]);
    source.close();
  });

  it('is no stream to HEAD', async () => {
    const answer = await api.call('HEAD', '/api/v1/changes', { headers: { Accept: 'text/event-stream' } });
    expect([answer.status, answer.headers.get('content-type'), answer.text]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      '',
    ]);
  });
});

it.each([
  ['after=1042', 'after'],
  ['after=', 'after'],
  ['after=1-00000000&after=0', 'after'],
  ['settings=', 'settings'],
  ['settings=a,b%20c', 'settings'],
  ['limit=0', 'limit'],
  ['limit=1001', 'limit'],
  ['wait=56', 'wait'],
  ['wait=-1', 'wait'],
  ['since=7', 'since'],
])('refuses %s', async (query, field) => {
  const answer = await api.unchanged(() => api.get(`/changes?${query}`, { Accept: 'application/json' }));
  expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ field, parameter: field }] }]);
});

it.each([
  ['limit=5', {}, 'limit'],
  ['wait=5', {}, 'wait'],
  ['', { 'Last-Event-ID': '1042' }, 'Last-Event-ID'],
  ['', { 'Heksher-Client': 'shop' }, 'Heksher-Client'],
  ['', { 'Heksher-Client': 'shop/1', 'Heksher-Serving': 'x' }, 'Heksher-Serving'],
])('refuses a stream with %s%j', async (query, headers, field) => {
  const answer = await api.get(`/changes?${query}`, {
    Accept: 'text/event-stream, application/json;q=0.1',
    ...headers,
  });
  expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ field }] }]);
});

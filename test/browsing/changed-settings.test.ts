import { createDatabase } from '../support/database/database.js';
import { startTcpProxy } from '../support/http/tcp-proxy.js';
import {
  addFeatures,
  addRollout,
  addRule,
  declare,
  expectStatus,
  startTestService,
} from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

const api = useService();

type Changed = Readonly<{ seq: number; at: string; actor: string }>;
type Listed = Readonly<{ name: string; changed?: Changed | null }>;
type Page = Readonly<{ settings: readonly Listed[]; total: number; next_cursor: string | null }>;

async function page(query: string): Promise<Page> {
  return (await expectStatus(200, api.get(`/settings?${query}`))).body as Page;
}

const namesOf = ({ settings }: Page): readonly string[] => settings.map(({ name }) => name);

async function changedOf(name: string, query = ''): Promise<Changed> {
  const { settings } = await page(`q=${name}&include=changed${query}`);
  const found = settings.find((one) => one.name === name)?.changed;
  if (found == null) throw new Error(`it is not known when ${name} was changed`);
  return found;
}

beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  for (const name of ['a', 'b', 'c']) await declare(api.call, { name });
});

it.each<[string, () => Promise<unknown>]>([
  ['a rule', () => addRule(api.call, 'b', { user: 'jim' }, 5)],
  ['a rollout', () => addRollout(api.call, 'b', { percentage: 20, value: 5 })],
  ['metadata', () => expectStatus(204, api.put('/settings/b/metadata/owner', { value: 'web', version: '1.1' }))],
  ['a new version', () => declare(api.call, { name: 'b', version: '1.1', default_value: 61 })],
  ['any other writer', () => api.sql(`update settings set default_value = '61' where name = 'b'`)],
])('%s changes a setting: it is the newest, by whom and when, as the history says', async (_, write) => {
  const before = await page('sort=-changed&include=changed');
  expect(namesOf(before)).toEqual(['c', 'b', 'a']);
  await write();
  const after = await page('sort=-changed&include=changed');
  expect(namesOf(after)).toEqual(['b', 'c', 'a']);
  expect(namesOf(await page('sort=changed'))).toEqual(['a', 'c', 'b']);
  const changed = await changedOf('b');
  const { body } = await expectStatus(200, api.get(`/history/${changed.seq}`));
  expect(body).toMatchObject({ actor: changed.actor, changes: [{ setting: 'b' }] });
  expect(new Date(changed.at).toISOString()).toBe(changed.at);
  const since = before.settings[0]?.changed;
  expect(namesOf(await page(`changed_after=${since?.seq}`))).toEqual(['b']);
  expect(await page(`changed_after=${changed.seq}`)).toEqual({ settings: [], total: 0, next_cursor: null });
});

it('a time divides as a revision does, however it is written', async () => {
  const { at } = await changedOf('c');
  await until('the clock goes on', () => Promise.resolve(Date.now() > Date.parse(at) + 1));
  await addRule(api.call, 'a', { user: 'jim' }, 5);
  const later = new Date(Date.parse(at) + 1).toISOString();
  for (const written of [later, later.replace('Z', '+00:00'), encodeURIComponent(later.replace('Z', '+00:00'))])
    expect(namesOf(await page(`changed_after=${written}`))).toEqual(['a']);
  expect(namesOf(await page('changed_after=2000-01-01T00:00:00Z'))).toEqual(['a', 'b', 'c']);
  expect(namesOf(await page('changed_after=2999-01-01T00:00:00Z'))).toEqual([]);
});

it('a setting of another name keeps its place; one of its former name is another one', async () => {
  await expectStatus(204, api.put('/settings/c/name', { name: 'z', version: '1.1' }));
  expect(namesOf(await page('sort=-changed'))).toEqual(['z', 'b', 'a']);
  await addRule(api.call, 'c', { user: 'jim' }, 5);
  expect(namesOf(await page('sort=-changed'))).toEqual(['z', 'b', 'a']);
  expect((await changedOf('z')).seq).toBeGreaterThan((await changedOf('b')).seq);
});

it('what the log does not reach back to is null, comes last, and was changed after nothing', async () => {
  const [row] = await api.sql('select seq::int from heksher_revision');
  await addRule(api.call, 'b', { user: 'jim' }, 5);
  await api.sql('delete from heksher_changes where seq <= $1', [row?.['seq']]);
  const { settings } = await page('sort=-changed&include=changed');
  expect(settings.map(({ name, changed }) => [name, changed === null])).toEqual([
    ['b', false],
    ['a', true],
    ['c', true],
  ]);
  expect(namesOf(await page('changed_after=0'))).toEqual(['b']);
});

it('pages by when settings were changed hold each once; of the past, as it was then', async () => {
  const { seq } = await changedOf('c');
  await addRule(api.call, 'a', { user: 'jim' }, 5);
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const next: Page = await page(`sort=-changed&limit=1&cursor=${cursor}`);
    expect(next.total).toBe(3);
    found.push(...namesOf(next));
    cursor = next.next_cursor;
  }
  expect(found).toEqual(['a', 'c', 'b']);
  const past = await page(`sort=-changed&include=changed&as_of=${seq}`);
  expect(namesOf(past)).toEqual(['c', 'b', 'a']);
  expect((await changedOf('a', `&as_of=${seq}`)).seq).toBeLessThan(seq);
  const name = Buffer.from('["name",0,"a"]').toString('base64url');
  expect((await api.get(`/settings?sort=changed&cursor=${name}`)).status).toBe(422);
});

it('the tag changes with the last change, and a page that does not ask for it has none', async () => {
  const path = '/settings?limit=2&include=changed';
  const etag = (await api.get(path)).headers.get('etag') ?? '';
  expect((await api.get(path, { 'If-None-Match': etag })).status).toBe(304);
  await addRule(api.call, 'a', { user: 'jim' }, 5);
  expect((await api.get(path, { 'If-None-Match': etag })).status).toBe(200);
  for (const { changed } of (await page('limit=2')).settings) expect(changed).toBeUndefined();
});

it('without the database the list goes on, without changes; what goes by them is a 503', async () => {
  const database = await createDatabase();
  const proxy = await startTcpProxy(database.address);
  const throughProxy = database.connectionString.replace(/@[^/]*\//, `@127.0.0.1:${proxy.port}/`);
  const env = {
    HEKSHER_READ_TIMEOUT_MS: '500',
    HEKSHER_DB_CONNECT_TIMEOUT_MS: '1000',
    HEKSHER_STALE_IF_ERROR_S: '300',
  };
  const service = await startTestService({ ...env, HEKSHER_DB_CONNECTION_STRING: throughProxy }, database);
  try {
    await addFeatures(service.call, 'account', 'user', 'theme');
    await declare(service.call);
    await addRule(service.call, 'cache_size', { user: 'jim' }, 5);
    const get = (query: string) => service.call('GET', `/api/v1/settings?${query}`);
    expect((await get('include=changed')).body).toMatchObject({
      settings: [{ changed: { actor: expect.any(String) as string } }],
    });
    proxy.cut();
    const { status, headers, body } = await get('include=changed');
    expect([status, Number(headers.get('heksher-stale')) > 0]).toEqual([200, true]);
    expect(body).toMatchObject({ settings: [{ name: 'cache_size' }] });
    expect(JSON.stringify(body)).not.toContain('changed');
    const view = await service.call('GET', '/api/v1/settings/cache_size?include=rules,changed');
    expect(view).toMatchObject({ status: 200, body: { lines: [{ kind: 'rule' }] } });
    expect(JSON.stringify(view.body)).not.toContain('changed');
    for (const query of ['sort=changed', 'changed_after=1']) expect((await get(query)).status).toBe(503);
    proxy.restore();
    await until('the database', async () => (await get('sort=changed')).status === 200);
  } finally {
    await service.stop();
    await proxy.close();
    await database.drop();
  }
});

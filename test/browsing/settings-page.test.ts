import fc from 'fast-check';
import { addFeatures, addRollout, addRule, declare, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();

type Listed = Readonly<{ name: string; type: string; rule_count: number; rollout_count: number; metadata: object }>;
type Page = Readonly<{ settings: readonly Listed[]; total: number; next_cursor: string | null }>;

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

async function page(query: string): Promise<Page> {
  return (await expectStatus(200, api.get(`/settings?${query}`))).body as Page;
}

const namesOf = ({ settings }: Page): readonly string[] => settings.map(({ name }) => name);

/** All pages one after the other. */
async function allPages(query: string): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const next: Page = await page(`${query}&cursor=${cursor}`);
    found.push(...namesOf(next));
    cursor = next.next_cursor;
  }
  return found;
}

beforeAll(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { metadata: { owner: 'storage', tier: 1 }, configurable_features: ['theme', 'user'] });
  await declare(api.call, { name: 'old_color', type: 'str', default_value: 'red', metadata: { owner: 'web' } });
  await expectStatus(204, api.put('/settings/old_color/name', { name: 'color', version: '1.1' }));
  await declare(api.call, { name: 'Mode', type: 'Enum["b","a"]', default_value: 'a', metadata: { tier: '1' } });
  await declare(api.call, { name: 'flag', type: 'bool', default_value: false });
  await addRule(api.call, 'cache_size', { user: 'jim' }, 60);
  await addRule(api.call, 'cache_size', { theme: 'dark' }, 20);
  await addRule(api.call, 'Mode', { user: 'jim' }, 'b');
  await addRollout(api.call, 'flag', { percentage: 20, value: true });
});

it.each([
  ['limit=10', ['Mode', 'cache_size', 'color', 'flag']],
  ['q=COLO', ['color']],
  ['q=old_', ['color']],
  ['q=nothing', []],
  ['type=int', ['cache_size']],
  ['type=Enum["a", "b"]', ['Mode']],
  ['type=Enum', ['Mode']],
  ['feature=account', ['Mode', 'color', 'flag']],
  ['metadata.owner=storage', ['cache_size']],
  ['metadata.owner="storage"', ['cache_size']],
  ['metadata.tier=1', ['Mode', 'cache_size']],
  ['metadata.tier=1.0', ['cache_size']],
  ['metadata.tier="1"', ['Mode']],
  ['metadata.tier=1&metadata.owner=storage', ['cache_size']],
  ['metadata.nothing=1', []],
  ['has=rules', ['Mode', 'cache_size']],
  ['has=rollouts', ['flag']],
  ['has=rules,rollouts', []],
  ['has=findings', ['cache_size']],
  ['has=override', []],
  ['without=owner', ['Mode', 'flag']],
  ['value=60', ['cache_size']],
  ['value=6e1', ['cache_size']],
  ['value=6', []],
  ['value=red', ['color']],
  ['value="red"', ['color']],
  ['value=re', ['color']],
  ['value=RED', []],
  ['value=b', ['Mode']],
  ['value=true', ['flag']],
  ['value=false', ['flag']],
  ['value=fals', []],
  ['value=', []],
  ['sort=-name', ['flag', 'color', 'cache_size', 'Mode']],
  ['sort=-rule_count', ['cache_size', 'Mode', 'color', 'flag']],
  ['sort=rollout_count', ['Mode', 'cache_size', 'color', 'flag']],
])('%s finds %j', async (query, names) => {
  const found = await page(new URLSearchParams(query).toString());
  expect(namesOf(found)).toEqual(names);
  expect(found).toMatchObject({ total: names.length, next_cursor: null });
});

it('an override, as any writer may store it, is found', async () => {
  await api.sql(`insert into rules (setting, value) values ('color', '"blue"')`);
  expect(namesOf(await page('has=override'))).toEqual(['color']);
  await api.sql(`delete from rules where value = '"blue"'`);
  expect(namesOf(await page('has=override'))).toEqual([]);
});

it('a value is found within texts, however these are written, and in variants', async () => {
  const type = 'Mapping<Sequence<str>>';
  const value = String.raw`{"h\u006fsts": ["http://10.0.0.7/", "say \"hi\""]}`;
  await api.sql(`insert into settings (name, type, default_value, version) values ('urls', $1, $2, '1.0')`, [
    type,
    value,
  ]);
  const variants = [
    { name: 'a', value: 'one', weight: 1 },
    { name: 'b', value: 'the other', weight: 1 },
  ];
  await declare(api.call, { name: 'button', type: 'str', default_value: '' });
  await addRollout(api.call, 'button', { percentage: 20, variants });
  for (const part of ['10.0.0.7', 'hosts', 'say "hi"', '{"hosts":["http://10.0.0.7/","say \\"hi\\""]}'])
    expect([part, namesOf(await page(`value=${encodeURIComponent(part)}`))]).toEqual([part, ['urls']]);
  expect(namesOf(await page('value=other'))).toEqual(['button']);
  expect(namesOf(await page('value='))).toEqual(['button']);
  await api.sql(`delete from settings where name = 'urls'`);
  await expectStatus(204, api.delete('/settings/button'));
});

it('each setting is as GET gives it, with counts', async () => {
  for (const setting of (await page('limit=1000')).settings) {
    const { body } = await api.get(`/settings/${setting.name}`);
    const { rule_count, rollout_count, ...rest } = setting;
    expect(rest).toEqual(body);
    const [counts] = await api.sql(
      `select (select count(*)::int from rules where setting = $1) as rule_count,
              (select count(*)::int from rollouts where setting = $1) as rollout_count`,
      [setting.name],
    );
    expect({ rule_count, rollout_count }).toEqual(counts);
  }
});

it('findings are counted where that is asked for, and settings are in short where that is', async () => {
  const { settings } = await page('q=cache&include=findings&include_additional_data=false');
  expect(settings).toEqual([
    {
      name: 'cache_size',
      type: 'int',
      default_value: 60,
      version: '1.0',
      rule_count: 2,
      rollout_count: 0,
      finding_count: 1,
    },
  ]);
});

it('metadata and features that change, by any writer, are found at once', async () => {
  await api.sql(`update setting_metadata set value = '"ops"' where key = 'owner' and setting = 'cache_size'`);
  expect(namesOf(await page('metadata.owner=storage'))).toEqual([]);
  expect(namesOf(await page('metadata.owner=ops'))).toEqual(['cache_size']);
  await api.sql(`insert into configurable (setting, context_feature) values ('cache_size', 'account')`);
  expect(namesOf(await page('feature=account'))).toContain('cache_size');
  const [cache] = (await page('q=cache')).settings;
  expect(cache).toMatchObject({ configurable_features: ['account', 'user', 'theme'] });
  await api.sql(`update setting_metadata set value = '"storage"' where key = 'owner' and setting = 'cache_size'`);
  await api.sql(`delete from configurable where setting = 'cache_size' and context_feature = 'account'`);
  expect(namesOf(await page('feature=account'))).not.toContain('cache_size');
});

it('a page has a tag, which is answered 304 until something changes, and a revision, which grows', async () => {
  const path = '/settings?limit=2';
  const first = await api.get(path);
  const etag = first.headers.get('etag') ?? '';
  expect(await api.get(path, { 'If-None-Match': etag })).toMatchObject({ status: 304, text: '' });
  const id = await addRule(api.call, 'Mode', { user: 'ann' }, 'b');
  const second = await api.get(path, { 'If-None-Match': etag });
  expect(second.status).toBe(200);
  const seqOf = ({ headers }: typeof first) => Number(headers.get('heksher-revision')?.split('-')[0]);
  expect(seqOf(second)).toBeGreaterThan(seqOf(first));
  const [row] = await api.sql('select seq::int, left(token::text, 8) as token from heksher_revision');
  expect(second.headers.get('heksher-revision')).toBe(`${String(row?.['seq'])}-${String(row?.['token'])}`);
  await expectStatus(204, api.delete(`/rules/${id}`));
});

it.each([
  ['limit=0', 'limit', /1 to 1000; given: "0"/],
  ['limit=1001', 'limit', /1 to 1000/],
  ['limit=2&page=2', 'page', /accepted: q, type, feature, has.*metadata\.<key>/],
  ['q=a&q=b', 'q', /once, not 2 times/],
  ['include=rules', 'include', /findings, changed; given: "rules"/],
  ['changed_after=yesterday', 'changed_after', /RFC 3339 time such as .*; given: "yesterday"/],
  ['changed_after=-1', 'changed_after', /the number of a revision/],
  ['value=a&value=b', 'value', /once, not 2 times/],
  ['without=a&without=b', 'without', /once, not 2 times/],
  ['has=rules,x', 'has', /rules, rollouts, override, findings; given: "x"/],
  ['sort=age', 'sort', /one of name, -name/],
  ['type=integer', 'type', /integer/],
  ['feature=usr', 'feature', /have: account, user, theme/],
  ['cursor=abc', 'cursor', /next_cursor/],
  [`cursor=${Buffer.from('["name",0]').toString('base64url')}`, 'cursor', /next_cursor/],
  [`sort=-name&cursor=${Buffer.from('["name",0,"a"]').toString('base64url')}`, 'cursor', /sorted by name/],
])('%s is a 422 that names the parameter', async (query, parameter, message) => {
  const answer = await api.unchanged(() => api.get(`/settings?${query}`));
  expect(answer.body).toMatchObject({ status: 422, errors: [{ parameter, message: matching(message) }] });
});

it('without parameters of pages the answer is that of Heksher 0.5, whatever else is given', async () => {
  expect(Object.keys((await api.get('/settings?page=2')).body as object)).toEqual(['settings']);
});

describe('with many settings', () => {
  const NAMES = Array.from({ length: 57 }, (_, index) => `many.${String((index * 31) % 57).padStart(2, '0')}`);
  beforeAll(async () => {
    await api.sql(
      `insert into settings (name, type, default_value, version) select unnest($1::text[]), 'int', '1', '1.0'`,
      [NAMES],
    );
    await api.sql(
      `insert into rules (setting, value) select s.name, n::text from settings s cross join generate_series(1, 3) n
        where s.name like 'many%' and length(s.name) + ascii(right(s.name, 1)) % 4 > n + 6`,
    );
  });

  /** What a naive reader would do with the whole list. */
  async function model(q: string, sort: string): Promise<string[]> {
    const { settings } = await page('limit=1000');
    const found = settings.filter(({ name }) => name.includes(q));
    const key = sort.replace('-', '') as 'name' | 'rule_count';
    const direction = sort.startsWith('-') ? -1 : 1;
    return found
      .toSorted((a, b) => {
        if (a[key] !== b[key]) return a[key] < b[key] ? -direction : direction;
        return a.name < b.name ? -1 : 1;
      })
      .map(({ name }) => name);
  }

  it('pages of any size, by any order and filter, hold all that a naive reader finds, in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 70 }),
        fc.constantFrom('name', '-name', 'rule_count', '-rule_count'),
        fc.constantFrom('', 'many', '1', '.0'),
        async (limit, sort, q) => {
          expect(await allPages(`limit=${limit}&sort=${sort}&q=${q}`)).toEqual(await model(q, sort));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('what stays is listed once, whatever comes and goes between pages', async () => {
    const first = await page('q=many&limit=20');
    const [gone = '', ...staying] = namesOf(first).slice(-1).concat(NAMES.toSorted());
    await api.sql('delete from settings where name = $1', [gone]);
    await declare(api.call, { name: 'many.00a' });
    const rest = await allPages(`q=many&limit=20&cursor=${first.next_cursor}`.replace(/&cursor=[^&]*$/, ''));
    const behind = await page(`q=many&limit=1000&cursor=${first.next_cursor}`);
    expect([...namesOf(first), ...namesOf(behind)].filter((name) => name !== gone)).toEqual(
      staying.filter((name) => name !== gone),
    );
    expect(rest).toContain('many.00a');
  });
});

import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { contents } from '../support/database/contents.js';
import {
  addFeatures,
  addRollout,
  addRule,
  type Answer,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { until } from '../support/service/until.js';

const ADMIN = makeKey().text;

let service: TestService;
let call: Call;
beforeAll(async () => {
  service = await startTestService({
    HEKSHER_AUTH: 'on',
    HEKSHER_ADMIN_KEY: ADMIN,
    HEKSHER_SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    HEKSHER_WEBHOOK_ALLOW: '127.0.0.0/8',
  });
  const headers = { Authorization: `Bearer ${ADMIN}` };
  call = (method, path, options) => service.call(method, path, { ...options, headers });
  await addFeatures(call, 'account', 'user', 'theme');
});
afterAll(() => service.stop());

it('a rename that rows of another writer make impossible answers 409, and changes nothing', async () => {
  for (const name of ['first', 'second']) await declare(call, { name, configurable_features: ['user'] });
  // The API would not let it in: an alias of one setting that is the canonical name of another.
  await service.database.sql(`insert into setting_aliases (setting, alias) values ('second', 'first')`);

  const answer = await call('PUT', '/api/v1/settings/first/name', { body: { name: 'third', version: '1.1' } });
  expect(answer.status).toBe(409);
  expect(answer.text).toMatch(/contradicts what is stored/);
  expect(answer.text).not.toMatch(/duplicate key|constraint|setting_aliases/);
  expect(await service.database.sql('select name, version from settings order by name')).toEqual([
    { name: 'first', version: '1.0' },
    { name: 'second', version: '1.0' },
  ]);
});

describe('what an operator has added to the tables', () => {
  const TABLES = [
    ...['context_features', 'settings', 'setting_metadata', 'configurable', 'rules', 'rule_metadata', 'conditions'],
    ...['rollouts', 'rollout_members', 'heksher_keys', 'heksher_principals', 'heksher_webhooks', 'heksher_changesets'],
  ] as const;

  /** By the SQLSTATE that it raises, and when: some things are only seen at the commit. */
  const refuse = (errcode: string, isDeferred = false): Promise<unknown> =>
    service.database.sql(
      `create function refuse() returns trigger language plpgsql
         as $$ begin raise exception 'operator says no' using errcode = '${errcode}'; end $$;` +
        TABLES.map((table) =>
          isDeferred
            ? `create constraint trigger ours after insert or update or delete on ${table} deferrable initially deferred
                 for each row execute function refuse();`
            : `create trigger ours before insert or update or delete on ${table} for each row execute function refuse();`,
        ).join('\n'),
    );
  afterEach(() => service.database.sql('drop function if exists refuse cascade'));

  type Write = readonly [method: string, path: string, body?: object];
  let writes: readonly Write[];
  beforeAll(async () => {
    await declare(call, { metadata: { note: 'x' } });
    const rule = await addRule(call, 'cache_size', { user: 'jim' }, 1, { note: 'x' });
    const rollout = await addRollout(call, 'cache_size', { percentage: 50, value: 2 });
    const idOf = async (path: string, body: object): Promise<string> => {
      const { body: made } = await expectStatus(201, call('POST', `/api/v1/${path}`, { body }));
      const { id, changeset_id } = made as { id?: string; changeset_id?: number };
      return id ?? String(changeset_id);
    };
    const operations = [{ op: 'put_rule', setting: 'cache_size', feature_values: { user: 'ann' }, value: 3 }];
    const proposed = await idOf('changesets', { operations, propose: true });
    const key = await idOf('keys', { subject: 'shop', grants: ['read'] });
    const named = { kind: 'subject', issuer: 'https://issuer.example.com', grants: ['read'] };
    const principal = await idOf('principals', { ...named, name: 'ann' });
    const webhook = await idOf('webhooks', { url: 'http://127.0.0.1:9/' });
    const [{ seq } = { seq: '' }] = await service.database.sql<{ seq: string }>(
      `select max(seq) as seq from heksher_changes where "table" = 'rules' and op = 'insert'`,
    );
    writes = [
      ['POST', 'context_features', { context_feature: 'region' }],
      ['PATCH', 'context_features/account/index', { to_after: 'user' }],
      ['DELETE', 'context_features/theme'],
      ['POST', 'settings/declare', { name: 'n', type: 'int', default_value: 1, configurable_features: ['user'] }],
      ['PUT', 'settings/cache_size/type', { type: 'float', version: '2.0' }],
      ['PUT', 'settings/cache_size/name', { name: 'cache', version: '1.1' }],
      ['PUT', 'settings/cache_size/configurable_features', { configurable_features: ['user'], version: '1.1' }],
      ['POST', 'settings/cache_size/metadata', { metadata: { more: 1 }, version: '1.1' }],
      ['PUT', 'settings/cache_size/metadata/note', { value: 'y', version: '1.1' }],
      ['DELETE', 'settings/cache_size/metadata', { version: '1.1' }],
      ['PUT', 'settings/cache_size/override', { value: 5 }],
      ['DELETE', 'settings/cache_size'],
      ['POST', 'rules', { setting: 'cache_size', feature_values: { user: 'bob' }, value: 1 }],
      ['PUT', `rules/${rule}/value`, { value: 7 }],
      ['PATCH', `rules/${rule}`, { value: 7 }],
      ['PUT', `rules/${rule}`, { feature_values: { user: 'tim' }, value: 7, metadata: {} }],
      ['POST', `rules/${rule}/metadata`, { metadata: { more: 1 } }],
      ['PUT', `rules/${rule}/metadata`, { metadata: { more: 1 } }],
      ['PUT', `rules/${rule}/metadata/note`, { value: 'y' }],
      ['DELETE', `rules/${rule}/metadata/note`],
      ['DELETE', `rules/${rule}/metadata`],
      ['DELETE', `rules/${rule}`],
      ['POST', 'rollouts', { setting: 'cache_size', feature: 'user', percentage: 10, value: 3 }],
      ['PATCH', `rollouts/${rollout}`, { percentage: 60 }],
      ['POST', `rollouts/${rollout}/members`, { add: ['ann'] }],
      ['PUT', `rollouts/${rollout}/members`, { members: ['ann'] }],
      ['DELETE', `rollouts/${rollout}`],
      ['POST', 'changesets', { operations }],
      ['POST', 'changesets', { operations, propose: true }],
      ['PATCH', `changesets/${proposed}`, { message: 'more' }],
      ['POST', `changesets/${proposed}/apply`],
      ['POST', `changesets/${proposed}/withdraw`],
      ['POST', `history/${seq}/revert`],
      ['POST', 'keys', { subject: 'other', grants: ['read'] }],
      ['DELETE', `keys/${key}`],
      ['POST', 'principals', { ...named, name: 'bob' }],
      ['PUT', `principals/${principal}`, { grants: ['write'] }],
      ['DELETE', `principals/${principal}`],
      ['POST', 'webhooks', { url: 'http://127.0.0.1:9/more' }],
      ['PATCH', `webhooks/${webhook}`, { settings: ['cache_size'] }],
      ['DELETE', `webhooks/${webhook}`],
    ];
  });

  const send = async ([method, path, body]: Write): Promise<Answer> =>
    call(method, `/api/v1/${path}`, body && { body });

  it.each([
    ['a constraint', '23514', false],
    ['a trigger with an error of its own', 'P0001', false],
    ['the width of a column', '22001', false],
    ['a constraint that is looked at by the commit', '23505', true],
  ])('refuses every write by 409 where it is %s (%s), and nothing is written or told', async (_what, code, late) => {
    const before = await contents(service.database, TABLES);
    await refuse(code, late);
    const statuses: string[] = [];
    for (const write of writes) {
      const { status, text } = await send(write);
      statuses.push(`${write[0]} ${write[1]} ${status}`);
      expect(text).not.toMatch(/operator says no|refuse\(\)|SQL/);
    }
    expect(statuses).toEqual(writes.map(([method, path]) => `${method} ${path} 409`));
    expect(await contents(service.database, TABLES)).toEqual(before);
  });

  it('fails a scheduled change set, and those behind it are applied', async () => {
    await service.database.sql(`alter table rules add constraint ours check (value <> '13')`);
    try {
      const schedule = async (value: number): Promise<string> => {
        const operations = [{ op: 'put_rule', setting: 'cache_size', feature_values: { user: 'sue' }, value }];
        const body = { operations, apply_at: '2099-01-01T00:00:00Z' };
        const answer = await expectStatus(201, call('POST', '/api/v1/changesets', { body }));
        return String((answer.body as { changeset_id: number }).changeset_id);
      };
      const ids = [await schedule(13), await schedule(14)];
      await service.database.sql(
        `update heksher_changesets set apply_at = clock_timestamp() where state = 'scheduled'`,
      );
      const found = (id: string) => call('GET', `/api/v1/changesets/${id}`);
      const states = await until('none waits', async () => {
        const bodies = (await Promise.all(ids.map(found))).map(({ body }) => body as { state: string });
        return bodies.some(({ state }) => state === 'scheduled') ? undefined : bodies;
      });
      expect(states).toMatchObject([{ state: 'failed', failure: { code: 'conflict' } }, { state: 'applied' }]);
    } finally {
      await service.database.sql('alter table rules drop constraint ours');
    }
  });
});

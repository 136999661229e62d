import { setTimeout as sleep } from 'node:timers/promises';
import { stateOf } from '../support/history/state.js';
import { addFeatures, addRollout, addRule, type Answer, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await api.sql('delete from heksher_changesets');
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
});

const JSON_PLEASE = { accept: 'application/json' };
const send = (operations: readonly object[], rest: object = {}) =>
  api.post('/changesets', { operations, ...rest }, JSON_PLEASE);
const put = (user: string, value: unknown, rest: object = {}) => ({
  ...{ op: 'put_rule', setting: 'cache_size', feature_values: { user }, value },
  ...rest,
});
const errorsOf = (answer: Answer) => (answer.body as { errors: Record<string, unknown>[] }).errors;
const undoOf = (answer: Answer) => (answer.body as { undo: { operations: object[] } }).undo.operations;
const idOf = (answer: Answer) => (answer.body as { changeset_id: number }).changeset_id;
const revision = async () => (await api.sql('select seq, token from heksher_revision'))[0];

const state = () => stateOf(api);

describe('POST /api/v1/changesets', () => {
  it('applies all operations in one transaction, and says what takes them back', async () => {
    const rule = await addRule(api.call, 'cache_size', { user: 'jim' }, 50);
    await addRollout(api.call, 'cache_size', { percentage: 5, value: 1, members: ['a'] });
    const before = await state();
    const answer = await send(
      [
        put('jim', 100, { expect: { value: 50 } }),
        put('ann', 7),
        { op: 'put_rule', setting: 'cache_size', value: 3, metadata: { why: 'x' } },
        {
          op: 'patch_rollout',
          setting: 'cache_size',
          feature: 'user',
          set: { percentage: 10 },
          expect: { percentage: 5 },
        },
        { op: 'change_members', setting: 'cache_size', feature: 'user', add: ['b'], remove: ['a'] },
        { op: 'put_setting', setting: 'cache_size', default_value: 61, metadata: { team: 'web' } },
        {
          ...{ op: 'declare', name: 'fresh', type: 'str', default_value: 'a' },
          ...{ configurable_features: ['user'], version: '3.2' },
        },
        { op: 'put_rule', setting: 'fresh', feature_values: { user: 'jim' }, value: 'b' },
        { op: 'add_context_feature', name: 'team', before: 'user' },
      ],
      { message: 'a release' },
    );
    expect(answer).toMatchObject({ status: 201, body: { state: 'applied' } });
    expect(answer.headers.get('heksher-revision')).toBe((answer.body as { revision: string }).revision);
    expect(answer.body).toMatchObject({
      results: [
        { operation: 0, rule_id: rule, created: false },
        { operation: 1, rule_id: rule + 1, created: true },
        { operation: 2, rule_id: rule + 2, created: true },
        { operation: 6, setting: 'fresh', outcome: { outcome: 'created' } },
        { operation: 7, rule_id: rule + 3, created: true },
      ],
    });
    expect((await api.get(`/rules/${rule}`)).body).toMatchObject({ value: 100 });
    expect((await api.get('/settings/fresh')).body).toMatchObject({ version: '3.2' });
    expect((await api.get('/context_features')).body).toEqual({
      context_features: ['account', 'team', 'user', 'theme'],
    });
    const transactions = await api.sql(`select distinct tx, message from heksher_changes where message is not null`);
    expect(transactions).toMatchObject([{ message: 'a release' }]);
    const found = await api.get(`/changesets/${idOf(answer)}`);
    expect(found.body).toMatchObject({ state: 'applied', undo: { operations: undoOf(answer) } });
    const after = await state();
    const undone = await send(undoOf(answer));
    expect(undone.status).toBe(201);
    expect(await state()).toEqual(before);
    expect((await send(undoOf(undone))).status).toBe(201);
    expect(await state()).toEqual(after);
  });

  it('takes a deletion, a rename and a change of the type back', async () => {
    await addRule(api.call, 'cache_size', { user: 'jim', theme: 'dark' }, 50, { a: 1.0 });
    await declare(api.call, { name: 'gone', alias: undefined });
    await addRule(api.call, 'gone', { user: 'x' }, 4);
    await addRollout(api.call, 'gone', {
      percentage: 5,
      variants: [{ name: 'a', value: 1, weight: 1 }],
      members: ['m'],
    });
    const before = await state();
    const answer = await send([
      { op: 'rename_setting', setting: 'cache_size', name: 'cache_limit' },
      { op: 'put_setting', setting: 'cache_limit', type: 'str', default_value: 'x', version: '2.0' },
      {
        ...{ op: 'patch_rule', setting: 'cache_limit', feature_values: { user: 'jim', theme: 'dark' } },
        set: { value: 'big', feature_values: { user: 'jim' }, metadata: {} },
      },
      { op: 'delete_setting', setting: 'gone' },
      { op: 'move_context_feature', name: 'theme', before: 'account' },
    ]);
    expect(answer.status).toBe(201);
    expect((await api.get('/settings/cache_size')).body).toMatchObject({
      name: 'cache_limit',
      type: 'str',
      version: '2.0',
    });
    const undone = await send(undoOf(answer));
    expect([undone.status, undone.text]).toEqual([201, expect.anything()]);
    expect(await state()).toEqual(before);
  });

  it('changes nothing where an operation fails, and names each that does', async () => {
    await addRule(api.call, 'cache_size', { user: 'jim' }, 50);
    const answer = await api.unchanged(() =>
      send([
        put('ann', 1),
        put('jim', 100, { expect: { value: 40 } }),
        put('bob', 'big'),
        { op: 'delete_rule', setting: 'cache_size', feature_values: { user: 'nobody' } },
        put('jim', 100, { expect: null }),
        { op: 'delete_setting', setting: 'nothing' },
        { op: 'put_rule', setting: 'cache_size', feature_values: { team: 'x' }, value: 1 },
      ]),
    );
    expect(answer.status).toBe(409);
    expect(errorsOf(answer)).toMatchObject([
      {
        operation: 1,
        op: 'put_rule',
        pointer: '/operations/1/expect/value',
        code: 'not_as_expected',
        expected: 40,
        actual: 50,
      },
      { operation: 2, pointer: '/operations/2/value', code: 'wrong_type' },
      { operation: 3, pointer: '/operations/3/feature_values', code: 'rule_not_found' },
      { operation: 4, pointer: '/operations/4/expect', code: 'not_as_expected', expected: null },
      { operation: 5, pointer: '/operations/5/setting', code: 'setting_not_found' },
      { operation: 6, pointer: '/operations/6/feature_values/team', code: 'not_configurable' },
    ]);
    expect(await api.sql('select * from heksher_changesets')).toEqual([]);
  });

  it.each([
    [{}, ['/operations']],
    [{ operations: [] }, ['/operations']],
    [{ operations: [{ op: 'burn' }, 3, { setting: 'x' }] }, ['/operations/0/op', '/operations/1', '/operations/2/op']],
    [{ operations: [put('a b', 1, { color: 1 })] }, ['/operations/0/color', '/operations/0/feature_values/user']],
    [{ operations: [put('a', 1)], when: 1, message: 'a\nb' }, ['/when', '/message']],
    [
      { operations: [put('a', 1)], apply_at: 'soon', max_delay: -1, if_revision: 7 },
      ['/if_revision', '/apply_at', '/max_delay'],
    ],
    [{ operations: [put('a', 1)], max_delay: 10 }, ['/max_delay']],
    [{ operations: [{ op: 'patch_rule', setting: 'cache_size', set: {} }] }, ['/operations/0/set']],
    [
      {
        operations: [
          { ...put('a', 1), expect: { valu: 1 } },
          { op: 'delete_rollout', setting: 'x', feature: 'user', expect: { enabled: true, members: null } },
          { op: 'delete_setting', setting: 'x', expect: { type: 'int', default: 1 } },
        ],
      },
      ['/operations/0/expect', '/operations/1/expect', '/operations/2/expect'],
    ],
    [
      { operations: [{ op: 'patch_rollout', setting: 'x', feature: 'user', set: { percentage: 101, pattern: '(' } }] },
      ['/operations/0/set/percentage', '/operations/0/set/pattern'],
    ],
  ])('points to all that is malformed in %j', async (body, pointers) => {
    const answer = await api.unchanged(() => api.post('/changesets', body));
    expect([answer.status, errorsOf(answer).map(({ pointer }) => pointer)]).toEqual([422, pointers]);
  });

  it('refuses more than 10 000 operations', async () => {
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'x' }));
    const answer = await api.post('/changesets', { operations });
    expect([answer.status, errorsOf(answer)]).toMatchObject([422, [{ pointer: '/operations', code: 'too_many' }]]);
  });

  it('tells what a dry run would do, and does nothing', async () => {
    await addRule(api.call, 'cache_size', { user: 'jim' }, 50);
    const before = await revision();
    const operations = [put('jim', 100), put('ann', 1)];
    const dry = await api.unchanged(() => send(operations, { dry_run: true }));
    expect(dry).toMatchObject({
      status: 200,
      body: {
        dry_run: true,
        results: [
          { operation: 0, rule_id: 1 },
          { operation: 1, created: true },
        ],
        affected: { settings: [{ setting: 'cache_size', outcome: 'changed' }] },
      },
    });
    expect(await revision()).toEqual(before);
    expect(await api.sql('select * from heksher_changesets')).toEqual([]);
    expect(undoOf(await send(operations))).toEqual(undoOf(dry));
    const failing = await api.unchanged(() => send([put('jim', 'x')], { dry_run: true }));
    expect(failing.status).toBe(409);
  });

  it('fails by if_revision only where what it changes was touched since', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'jim' }, 50);
    await declare(api.call, { name: 'other' });
    const { seq, token } = (await revision()) as { seq: string; token: string };
    const if_revision = `${seq}-${token.slice(0, 8)}`;
    await addRule(api.call, 'other', { user: 'jim' }, 1);
    await addRule(api.call, 'cache_size', { user: 'bob' }, 1);
    expect((await send([put('ann', 1)], { if_revision })).status).toBe(201);
    await api.put(`/rules/${id}/value`, { value: 51 });
    const answer = await api.unchanged(() => send([put('jim', 5)], { if_revision }));
    expect(answer.status).toBe(409);
    expect(errorsOf(answer)).toMatchObject([{ code: 'touched_since', kind: 'rule', rule_id: id }]);
    await api.delete(`/rules/${id}`);
    const gone = await api.unchanged(() => send([put('jim', 5)], { if_revision }));
    expect([gone.status, errorsOf(gone)]).toMatchObject([409, [{ code: 'touched_since', rule_id: id }]]);
    const unknown = await api.unchanged(() => send([put('jim', 5)], { if_revision: `${seq}-00000000` }));
    expect([unknown.status, errorsOf(unknown)]).toMatchObject([
      409,
      [{ code: 'touched_since', pointer: '/if_revision' }],
    ]);
  });

  it.each<Readonly<Record<string, string>>>([
    { 'If-Match': '*' },
    { 'If-None-Match': '"x"' },
    { 'Heksher-If-Revision': '1-00000000' },
  ])('refuses the condition %j, which it would not look at', async (headers) => {
    const operations = [{ op: 'put_rule', setting: 'cache_size', feature_values: { user: 'ann' }, value: 1 }];
    const answer = await api.unchanged(() => api.post('/changesets', { operations }, headers));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ code: 'unsupported' }] });
  });

  it('skips declarations that are refused where it shall, and applies the others', async () => {
    const declaration = (name: string, rest: object) => ({
      ...{ op: 'declare', name, type: 'int', default_value: 60, configurable_features: ['account', 'user', 'theme'] },
      ...rest,
    });
    const operations = [declaration('cache_size', { default_value: 61 }), declaration('second', { version: '2.0' })];
    const refused = await api.unchanged(() => send(operations));
    expect([refused.status, errorsOf(refused)]).toMatchObject([
      409,
      [{ operation: 0, code: 'declaration_refused', outcome: { outcome: 'mismatch' } }],
    ]);
    const answer = await send(operations.map((operation) => ({ ...operation, on_conflict: 'skip' })));
    expect(answer.body).toMatchObject({
      results: [{ outcome: { outcome: 'mismatch' } }, { outcome: { outcome: 'created' } }],
    });
  });

  it('loses nothing and applies nothing by halves where many race', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `counter_${index}`);
    for (const name of names) await declare(api.call, { name, default_value: 0 });
    await send(names.map((setting) => ({ op: 'put_rule', setting, value: 0 })));
    let applied = 0;
    const statuses = new Set<number>();
    const clients = Array.from({ length: 100 }, async (_, client) => {
      for (let round = 0; round < 10; round += 1) {
        const pair = [names[(client * 7 + round) % 20], names[(client * 7 + round * 3 + 1) % 20]];
        const two = [...new Set(pair)];
        const query = await api.get(`/query?settings=${two.join()}`);
        const { settings } = query.body as { settings: Record<string, { rules: { value: number }[] }> };
        const operations = two.map((setting = '') => {
          const value = settings[setting]?.rules[0]?.value ?? 0;
          return { op: 'put_rule', setting, value: value + 1, expect: { value } };
        });
        const { status } = await send(operations);
        statuses.add(status);
        if (status === 201) applied += two.length;
      }
    });
    await Promise.all(clients);
    const [row] = await api.sql<{ sum: string }>('select sum(value::int) from rules');
    expect(Number(row?.sum)).toBe(applied);
    expect([...statuses].sort()).toEqual([201, 409]);
  }, 120_000);
});

describe('review', () => {
  it('a proposed set waits until it is applied', async () => {
    const proposed = await api.unchanged(() => send([put('jim', 5)], { propose: true, message: 'look' }));
    expect(proposed).toMatchObject({ status: 201, body: { state: 'proposed' } });
    const id = idOf(proposed);
    expect((await api.get(`/changesets/${id}`)).body).toMatchObject({
      ...{ state: 'proposed', message: 'look', digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
      operations: [put('jim', 5)],
      affected: { settings: [{ setting: 'cache_size' }] },
    });
    expect((await api.get('/changesets?state=proposed')).body).toMatchObject({ changesets: [{ changeset_id: id }] });
    const edited = await api.patch(`/changesets/${id}`, { operations: [put('jim', 6)] });
    expect(edited).toMatchObject({ status: 200, body: { operations: [put('jim', 6)] } });
    const applied = await api.post(`/changesets/${id}/apply`);
    expect(applied).toMatchObject({
      status: 200,
      body: { state: 'applied', results: [{ operation: 0, created: true }] },
    });
    expect(await api.sql('select value from rules')).toEqual([{ value: '6' }]);
    for (const verb of ['apply', 'withdraw', 'reject']) {
      const again = await api.unchanged(() => api.post(`/changesets/${id}/${verb}`, undefined, JSON_PLEASE));
      expect([again.status, errorsOf(again)]).toMatchObject([409, [{ code: 'wrong_state', state: 'applied' }]]);
    }
    expect((await api.patch(`/changesets/${id}`, { message: 'x' })).status).toBe(409);
  });

  it.each(['apply', 'withdraw', 'reject'])(
    '%s takes nothing in its body, and does nothing where something is given',
    async (verb) => {
      const id = idOf(await send([put('jim', 5)], { propose: true }));
      const answer = await api.unchanged(() => api.post(`/changesets/${id}/${verb}`, { message: 'no' }, JSON_PLEASE));
      expect([answer.status, errorsOf(answer)]).toMatchObject([422, [{ pointer: '/message', code: 'unknown_member' }]]);
      expect((await api.get(`/changesets/${id}`)).body).toMatchObject({ state: 'proposed' });
      expect((await api.post(`/changesets/${id}/${verb}`, {})).status).toBe(200);
    },
  );

  it.each(['withdraw', 'reject'])('%s ends it', async (verb) => {
    const id = idOf(await send([put('jim', 5)], { propose: true }));
    const state = verb === 'withdraw' ? 'withdrawn' : 'rejected';
    expect(await api.post(`/changesets/${id}/${verb}`)).toMatchObject({ status: 200, body: { state } });
    expect((await api.unchanged(() => api.post(`/changesets/${id}/apply`))).status).toBe(409);
  });

  it('nobody who is not known approves', async () => {
    const id = idOf(await send([put('jim', 5)], { propose: true }));
    const { digest } = (await api.get(`/changesets/${id}`)).body as { digest: string };
    const answer = await api.post(`/changesets/${id}/approve`, { digest }, JSON_PLEASE);
    expect([answer.status, errorsOf(answer)]).toMatchObject([409, [{ code: 'not_approved' }]]);
  });

  it.each([
    ['GET', '/changesets/999', 404],
    ['GET', '/changesets/x', 422],
    ['GET', '/changesets?state=odd', 422],
    ['GET', '/changesets?page=1', 422],
    ['POST', '/changesets/999/apply', 404],
    ['POST', '/changesets/1/approve', 422],
    ['PATCH', '/changesets/1', 422],
  ])('%s %s is answered %d', async (method, path, status) => {
    expect((await api.call(method, `/api/v1${path}`)).status).toBe(status);
  });

  it('goes through all sets by pages', async () => {
    for (const value of [1, 2, 3]) await send([put('jim', value)]);
    const first = (await api.get('/changesets?limit=2')).body as { changesets: object[]; next_cursor: string };
    const second = (await api.get(`/changesets?limit=2&cursor=${first.next_cursor}`)).body;
    expect(first.changesets).toHaveLength(2);
    expect(second).toMatchObject({ changesets: [{ state: 'applied' }], next_cursor: null });
  });
});

describe('a schedule', () => {
  const soon = () => new Date(Date.now() + 3_000).toISOString();
  const settled = async (id: number) => {
    for (let waited = 0; waited < 600; waited += 1) {
      const { body } = await api.get(`/changesets/${id}`);
      if ((body as { state: string }).state !== 'scheduled') return body;
      await sleep(100);
    }
    throw new Error('it stays scheduled');
  };

  it('is kept, step after step', async () => {
    const apply_at = soon();
    const first = await api.unchanged(() => send([put('jim', 5, { expect: null })], { apply_at }));
    const second = await send([put('jim', 6, { expect: { value: 5 } })], { apply_at });
    const failing = await send([put('jim', 7, { expect: { value: 5 } })], { apply_at });
    expect(first.body).toMatchObject({ state: 'scheduled' });
    expect(await settled(idOf(failing))).toMatchObject({
      state: 'failed',
      failure: { errors: [{ operation: 0, code: 'not_as_expected', expected: 5, actual: 6 }] },
    });
    expect(await settled(idOf(first))).toMatchObject({ state: 'applied', results: [{ rule_id: 1 }] });
    expect(await settled(idOf(second))).toMatchObject({ state: 'applied' });
    expect(await api.sql('select value from rules')).toEqual([{ value: '6' }]);
  });

  it('is missed where nobody was there in time', async () => {
    const id = idOf(await send([put('jim', 5)], { apply_at: '2099-01-01T00:00:00Z', max_delay: 10 }));
    await api.sql(`update heksher_changesets set apply_at = '2020-01-01' where id = ${id}`);
    expect(await settled(id)).toMatchObject({ state: 'failed', failure: { code: 'missed' } });
    expect(await api.sql('select * from rules')).toEqual([]);
  });
});

describe('a time that has passed', () => {
  const apply_at = '1970-01-01T00:00:00Z';

  it.each([{}, { propose: true }, { dry_run: true }])('is refused with %j', async (options) => {
    const answer = await api.unchanged(() => send([put('jim', 5)], { apply_at, ...options }));
    expect([answer.status, errorsOf(answer)]).toMatchObject([422, [{ pointer: '/apply_at', code: 'in_past' }]]);
  });

  it('is refused in an edit, which leaves the set as it was', async () => {
    const id = idOf(await send([put('jim', 5)], { propose: true }));
    const before = (await api.get(`/changesets/${id}`)).body;
    const answer = await api.patch(`/changesets/${id}`, { apply_at, message: 'other' }, JSON_PLEASE);
    expect([answer.status, errorsOf(answer)]).toMatchObject([422, [{ pointer: '/apply_at', code: 'in_past' }]]);
    expect((await api.get(`/changesets/${id}`)).body).toEqual(before);
  });
});

describe('POST /api/v1/history/{seq}/revert', () => {
  const revert = (seq: number, body?: object) => api.post(`/history/${seq}/revert`, body, JSON_PLEASE);
  const newest = async () => Number(((await revision()) as { seq: string }).seq);

  it('takes back what one write did, and does it again', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'jim' }, 50);
    const rollout = await addRollout(api.call, 'cache_size', { percentage: 5, value: 1, members: ['a'] });
    const before = await state();
    await api.put(`/rules/${id}/value`, { value: 51 });
    const changed = await newest();
    const after = await state();
    await api.patch(`/rollouts/${rollout}`, { percentage: 6 });
    await api.patch(`/rollouts/${rollout}`, { percentage: 5 });
    const seen = await revision();
    const dry = await api.unchanged(() => revert(changed, { dry_run: true }));
    expect(dry).toMatchObject({
      status: 200,
      body: { dry_run: true, affected: { settings: [{ setting: 'cache_size' }] } },
    });
    expect(await revision()).toEqual(seen);
    const reverted = await revert(changed, { message: 'it was too much' });
    expect(reverted).toMatchObject({ status: 201, body: { state: 'applied' } });
    expect(await state()).toEqual(before);
    const { seq } = reverted.body as { seq: number };
    expect((await api.get(`/history/${seq}`)).body).toMatchObject({ message: 'it was too much' });
    expect((await revert(seq)).status).toBe(201);
    expect(await state()).toEqual(after);
  });

  it('brings a deleted setting back with its rules, rollouts and members', async () => {
    await addRule(api.call, 'cache_size', { user: 'jim', theme: 'dark' }, 50, { a: 1 });
    await addRollout(api.call, 'cache_size', {
      percentage: 5,
      value: 1,
      members: ['a', 'b'],
      feature_values: { theme: 'x' },
    });
    await api.put('/settings/cache_size/name', { name: 'cache_limit', version: '1.1' });
    const before = await state();
    await api.delete('/settings/cache_limit');
    expect((await revert(await newest())).status).toBe(201);
    expect(await state()).toEqual(before);
  });

  it('takes back a rename, members, and rows that were written by SQL', async () => {
    const rollout = await addRollout(api.call, 'cache_size', { percentage: 5, value: 1, members: ['a'] });
    for (const change of [
      () => api.put('/settings/cache_size/name', { name: 'cache_limit', version: '1.1' }),
      () => api.post(`/rollouts/${rollout}/members`, { add: ['b', 'c'], remove: ['a'] }),
      () => api.sql(`insert into rules (setting, value) values ('cache_size', '7')`),
      () => api.patch('/context_features/theme/index', { to_before: 'account' }),
    ]) {
      const before = await state();
      await change();
      const reverted = await revert(await newest());
      expect([reverted.status, reverted.text]).toEqual([201, expect.anything()]);
      expect(await state()).toEqual(before);
    }
  });

  it('takes back that two rules and two rollouts changed places, as the undo of the set does', async () => {
    for (const [user, value] of [
      ['jim', 1],
      ['ann', 2],
    ] as const)
      await addRule(api.call, 'cache_size', { user }, value, { of: user });
    for (const [theme, value] of [
      ['dark', 1],
      ['light', 2],
    ] as const) {
      const feature_values = { theme };
      await addRollout(api.call, 'cache_size', { percentage: 5, value, members: [theme], feature_values, salt: theme });
    }
    const move = (op: object, is: object, then: object) => ({
      ...{ ...op, setting: 'cache_size', feature_values: is, set: { feature_values: then } },
    });
    const rule = { op: 'patch_rule' };
    const rollout = { op: 'patch_rollout', feature: 'user' };
    const before = await state();
    const exchanged = await send([
      move(rule, { user: 'jim' }, { user: 'free' }),
      move(rule, { user: 'ann' }, { user: 'jim' }),
      move(rule, { user: 'free' }, { user: 'ann' }),
      move(rollout, { theme: 'dark' }, { theme: 'free' }),
      move(rollout, { theme: 'light' }, { theme: 'dark' }),
      move(rollout, { theme: 'free' }, { theme: 'light' }),
    ]);
    expect(exchanged.status).toBe(201);
    const after = await state();
    expect(after).not.toEqual(before);
    const undone = await send(undoOf(exchanged));
    expect([undone.status, await state()]).toEqual([201, before]);
    const redone = await revert(await newest());
    expect([redone.status, await state()]).toEqual([201, after]);
  });

  it('takes back what SQL moved to another setting', async () => {
    await declare(api.call, { name: 'other', configurable_features: ['user'] });
    await addRule(api.call, 'cache_size', { user: 'jim' }, 50, { a: 1 });
    const before = await state();
    await api.sql(`update rules set setting = 'other'`);
    const reverted = await revert(await newest());
    expect([reverted.status, await state()]).toEqual([201, before]);
  });

  it('refuses more than is taken back at once, and says how much that is', async () => {
    await api.sql(`insert into rules (setting, value) select 'cache_size', '7' from generate_series(1, 10001)`);
    const things = await api.unchanged(async () => revert(await newest()));
    expect([things.status, errorsOf(things)]).toMatchObject([409, [{ code: 'too_many', parameter: 'seq' }]]);
    expect(things.text).toContain('changed 10001 things; at most 10000 things, of 100000 rows');
    // As if it had touched one row very often.
    await api.sql(
      `insert into heksher_changes (seq, token, actor, "table", op, setting, old, new, tx)
       select c.seq, c.token, c.actor, c."table", c.op, c.setting, c.old, c.new, c.tx
         from heksher_changes c, generate_series(1, 100000)
        where c.id = (select max(l.id) from heksher_changes l where l.op = 'insert')`,
    );
    const rows = await revert(await newest());
    expect([rows.status, errorsOf(rows)]).toMatchObject([409, [{ code: 'too_many', parameter: 'seq' }]]);
    expect(rows.text).toContain('changed more than 100000 rows');
  });

  it('names what was changed since', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'jim' }, 50);
    const added = await newest();
    await api.put(`/rules/${id}/value`, { value: 51 });
    await api.put(`/rules/${id}/value`, { value: 50 });
    const answer = await api.unchanged(() => revert(added));
    expect([answer.status, errorsOf(answer)]).toMatchObject([
      409,
      [{ code: 'touched_since', kind: 'rule', rule_id: id }],
    ]);
  });

  it.each([
    [999_999, undefined, 404],
    [1, { when: 'now' }, 422],
  ])('%d with %j is answered %d', async (seq, body, status) => {
    expect((await api.unchanged(() => revert(seq, body))).status).toBe(status);
  });
});

describe('Heksher-If-Revision', () => {
  it('lets a write through only where what it is about was not changed since', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'jim' }, 50);
    const other = await addRule(api.call, 'cache_size', { user: 'ann' }, 50);
    const { seq, token } = (await revision()) as { seq: string; token: string };
    const headers = { 'Heksher-If-Revision': `${seq}-${token.slice(0, 8)}`, ...JSON_PLEASE };
    expect((await api.put(`/rules/${other}/value`, { value: 1 })).status).toBe(204);
    expect((await api.put(`/rules/${id}/value`, { value: 2 }, headers)).status).toBe(204);
    const answer = await api.unchanged(() => api.put(`/rules/${id}/value`, { value: 3 }, headers));
    expect([answer.status, errorsOf(answer)]).toMatchObject([412, [{ code: 'touched_since' }]]);
    const odd = await api.unchanged(() => api.put(`/rules/${id}/value`, { value: 3 }, { 'Heksher-If-Revision': 'x' }));
    expect(odd.status).toBe(422);
  });
});

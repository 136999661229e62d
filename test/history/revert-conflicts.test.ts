import { addFeatures, addRollout, addRule, type Answer, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();

type Touched = Readonly<{ code: string; kind: string; seq: number; before?: unknown; now?: unknown }>;
const touched = ({ body }: Answer): readonly Touched[] => (body as { errors: Touched[] }).errors;
const seqOf = ({ headers }: Answer): number => Number.parseInt(headers.get('heksher-revision') ?? '', 10);
const revert = (seq: number, body: object = {}): Promise<Answer> =>
  api.post(`/history/${seq}/revert`, body, { accept: 'application/json' });

async function valueOf(rule: number): Promise<unknown> {
  return ((await api.get(`/rules/${rule}`)).body as { value: unknown }).value;
}

let rules: readonly number[] = [];
let seq = 0;

/** Two rules become 51 and 61 in one transaction, and then the first one 52. */
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user');
  await declare(api.call, { configurable_features: ['account', 'user'] });
  rules = [
    await addRule(api.call, 'cache_size', { account: 'jim' }, 50),
    await addRule(api.call, 'cache_size', { account: 'john' }, 60),
  ];
  const operations = [51, 61].map((value, index) => {
    const feature_values = { account: ['jim', 'john'][index] ?? '' };
    return { op: 'patch_rule', setting: 'cache_size', feature_values, set: { value } };
  });
  const made = await api.post('/changesets', { operations });
  expect(made.status).toBe(201);
  seq = seqOf(made);
  expect((await api.put(`/rules/${rules[0]}/value`, { value: 52 })).status).toBe(204);
});

async function conflict(): Promise<Readonly<{ kind: string; rule_id: number | undefined; seq: number }>> {
  const refused = await api.unchanged(() => revert(seq));
  expect(refused.status).toBe(409);
  const [error, ...others] = touched(refused);
  expect(others).toEqual([]);
  expect(error).toMatchObject({
    code: 'touched_since',
    kind: 'rule',
    rule_id: rules[0],
    before: { value: 50, setting: 'cache_size' },
    now: { value: 52, setting: 'cache_size' },
  });
  return { kind: 'rule', rule_id: rules[0], seq: error?.seq ?? 0 };
}

it.each([
  ['keep', 52],
  ['take', 50],
])(
  'what was changed since is named with what it was and is; %s leaves %d, and the rest goes back',
  async (choice, value) => {
    const conflicts = [{ ...(await conflict()), choice }];
    const trial = await api.unchanged(() => revert(seq, { conflicts, dry_run: true }));
    expect([trial.status, trial.text]).toEqual([200, expect.stringContaining('"affected"')]);
    const done = await revert(seq, { conflicts });
    expect([done.status, await valueOf(rules[0] ?? 0), await valueOf(rules[1] ?? 0)]).toEqual([201, value, 60]);
    // It is a change of its own, which can be taken back too.
    expect((await revert(seqOf(done))).status).toBe(201);
    expect([await valueOf(rules[0] ?? 0), await valueOf(rules[1] ?? 0)]).toEqual([52, 61]);
  },
);

it.each(['keep', 'take'])('to %s what was changed again after it was seen is asked about once more', async (choice) => {
  const conflicts = [{ ...(await conflict()), choice }];
  expect((await api.put(`/rules/${rules[0]}/value`, { value: 53 })).status).toBe(204);
  const refused = await api.unchanged(() => revert(seq, { conflicts }));
  expect(refused.status).toBe(409);
  expect(touched(refused)).toMatchObject([{ kind: 'rule', rule_id: rules[0], now: { value: 53 } }]);
});

it('a rule that was deleted since is made again, or stays away', async () => {
  expect((await api.delete(`/rules/${rules[0]}`)).status).toBe(204);
  const refused = await revert(seq);
  expect(touched(refused)).toMatchObject([{ kind: 'rule', rule_id: rules[0], now: null }]);
  const named = { kind: 'rule', rule_id: rules[0], seq: touched(refused)[0]?.seq };
  const kept = await revert(seq, { conflicts: [{ ...named, choice: 'keep' }] });
  expect([kept.status, (await api.get('/rules?setting=cache_size')).text.includes('jim')]).toEqual([201, false]);
  expect((await revert(seqOf(kept))).status).toBe(201);
  const seen = touched(await revert(seq));
  // What the revert of the revert did to the other rule is a later change too.
  const conflicts = seen.map((one) => ({ ...nameOf(one), seq: one.seq, choice: 'take' }));
  expect((await revert(seq, { conflicts })).status).toBe(201);
  expect((await api.get('/rules?setting=cache_size')).text).toMatch(/jim.*50|50.*jim/);
  expect(await valueOf(rules[1] ?? 0)).toBe(60);
});

const nameOf = (one: Touched): object =>
  Object.fromEntries(
    Object.entries(one).filter(([name]) => ['kind', 'rule_id', 'rollout_id', 'setting'].includes(name)),
  );

it('of a rule that was deleted and made again since its deletion is named, and the new one where that is to be overwritten', async () => {
  const deleted = seqOf(await api.delete(`/rules/${rules[0]}`));
  const other = await addRule(api.call, 'cache_size', { account: 'jim' }, 70);
  const seen = touched(await api.unchanged(() => revert(seq)));
  expect(seen).toMatchObject([{ rule_id: rules[0], before: { value: 50 }, now: { value: 70 } }]);
  expect(seen[0]?.seq).toBeLessThanOrEqual(deleted);
  const take = (one: Touched | undefined): object => ({ ...(one && nameOf(one)), seq: one?.seq, choice: 'take' });
  const again = touched(await api.unchanged(() => revert(seq, { conflicts: [take(seen[0])] })));
  expect(again).toMatchObject([{ rule_id: other }]);
  const conflicts = [take(seen[0]), take(again[0])];
  expect([(await revert(seq, { conflicts })).status, await valueOf(other)]).toEqual([201, 50]);
});

it('where all of it is kept nothing is left to be taken back', async () => {
  const once = seqOf(await api.put(`/rules/${rules[1]}/value`, { value: 62 }));
  await api.put(`/rules/${rules[1]}/value`, { value: 63 });
  const [error] = touched(await revert(once));
  const conflicts = [{ kind: 'rule', rule_id: rules[1], seq: error?.seq, choice: 'keep' }];
  const refused = await api.unchanged(() => revert(once, { conflicts }));
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('all of it is kept')]);
});

it('a rollout that was deleted since does not come back without its members', async () => {
  const id = await addRollout(api.call, 'cache_size', { value: 7, percentage: 20, members: ['ann'] });
  const once = seqOf(await api.patch(`/rollouts/${id}`, { percentage: 30 }));
  await api.delete(`/rollouts/${id}`);
  const [error] = touched(await revert(once));
  const conflicts = [{ kind: 'rollout', rollout_id: id, seq: error?.seq, choice: 'take' }];
  const refused = await api.unchanged(() => revert(once, { conflicts }));
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('take that back first')]);
});

it('a share that was changed since is taken or kept, and members go as they came', async () => {
  const id = await addRollout(api.call, 'cache_size', { value: 7, percentage: 20 });
  const once = seqOf(await api.patch(`/rollouts/${id}`, { percentage: 30 }));
  await api.patch(`/rollouts/${id}`, { percentage: 40 });
  const [error] = touched(await revert(once));
  expect(error).toMatchObject({ kind: 'rollout', before: { percentage: 20 }, now: { percentage: 40 } });
  const conflicts = [{ kind: 'rollout', rollout_id: id, seq: error?.seq, choice: 'take' }];
  expect((await revert(once, { conflicts })).status).toBe(201);
  expect((await api.get(`/rollouts/${id}`)).body).toMatchObject({ percentage: 20 });
});

it('the order of context features is taken back from what it is now', async () => {
  const moved = await api.patch('/context_features/user/index', { to_before: 'account' });
  const once = seqOf(moved);
  expect((await api.post('/context_features', { context_feature: 'theme' })).status).toBe(204);
  const [error] = touched(await revert(once));
  expect(error).toMatchObject({ kind: 'context_features', before: ['account', 'user'] });
  const conflicts = [{ kind: 'context_features', seq: error?.seq, choice: 'take' }];
  expect((await revert(once, { conflicts })).status).toBe(201);
  expect((await api.get('/context_features')).body).toEqual({ context_features: ['account', 'user'] });
});

it.each([
  [{ conflicts: 1 }, 'conflicts must be a list'],
  [{ conflicts: [1] }, 'a choice must be an object'],
  [{ conflicts: [{ kind: 'rule', seq: 1, choice: 'keep' }] }, 'names it by rule_id'],
  [{ conflicts: [{ kind: 'rule', rule_id: 1, setting: 'a', seq: 1, choice: 'keep' }] }, 'names it by rule_id'],
  [{ conflicts: [{ kind: 'context_features', setting: 'a', seq: 1, choice: 'keep' }] }, 'names it by no name'],
  [{ conflicts: [{ kind: 'rule', rule_id: 1, seq: 1.5, choice: 'keep' }] }, 'a whole number from 0'],
  [{ conflicts: [{ kind: 'rule', rule_id: 1, seq: 1, choice: 'mine' }] }, 'one of keep, take'],
  [{ conflicts: [{ kind: 'rule', rule_id: 1, seq: 1, choice: 'keep', why: 1 }] }, 'no member here'],
])('%j is refused: %s', async (body, words) => {
  const refused = await api.unchanged(() => revert(seq, body));
  expect([Math.floor(refused.status / 100), refused.text]).toEqual([4, expect.stringContaining(words)]);
});

it('a choice about what was not changed since is refused', async () => {
  const named = { kind: 'rule', rule_id: rules[1], seq: 1, choice: 'take' };
  const refused = await api.unchanged(async () =>
    revert(seq, { conflicts: [named, { ...(await conflict()), choice: 'keep' }] }),
  );
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('there is nothing to choose')]);
});

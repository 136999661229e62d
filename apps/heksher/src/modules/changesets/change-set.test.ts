import { atOnce, conditionsKey, type JsonText, parseJson } from '@heksher/core';
import {
  applyOperations,
  changesOf,
  Draft,
  type DraftSetting,
  inverseOperations,
  nextOf,
  provisionalIds,
  type Ruleset,
  RulesetBuilder,
  writeMetadata,
} from '@heksher/ruleset';
import fc from 'fast-check';
import { approvalsNeeded, parseApprovalRules } from '../../access/approvals.js';
import { parseOperations } from './operations.js';

const RUNS = Number(process.env['HEKSHER_TEST_HISTORIES'] ?? 300);
const FEATURES = ['account', 'user'];
const setting = fc.constantFrom('cache_size', 'other', 'third');
const feature_values = fc.dictionary(fc.constantFrom(...FEATURES), fc.constantFrom('a', 'b'));
const value = fc.integer({ min: 0, max: 3 });
const metadata = fc.dictionary(fc.constantFrom('k', 'l'), value);
const about = { setting, feature_values };
const rollout = { setting, feature: fc.constant('user') };
const units = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'));
const account = fc.dictionary(fc.constant('account'), fc.constantFrom('a', 'b'));
const op = (name: string) => fc.constant(name);
const operation = fc.oneof(
  fc.record({ op: op('put_rule'), ...about, value, metadata }, { requiredKeys: ['op', 'setting', 'value'] }),
  fc.record({ op: op('delete_rule'), ...about }),
  fc.record({ op: op('patch_rule'), ...about, set: fc.record({ value, feature_values }) }),
  fc.record(
    { op: op('put_rollout'), ...rollout, feature_values: account, percentage: value, value, members: units },
    { requiredKeys: ['op', 'setting', 'feature', 'percentage', 'value'] },
  ),
  fc.record({ op: op('patch_rollout'), ...rollout, set: fc.record({ percentage: value }) }),
  fc.record({ op: op('change_members'), ...rollout, add: units, remove: fc.constant(['d']) }),
  fc.record({ op: op('delete_rollout'), ...rollout }),
  fc.record({ op: op('put_setting'), setting, default_value: value, metadata }),
  fc.record({ op: op('rename_setting'), setting, name: setting }),
  fc.record({ op: op('delete_setting'), setting }),
  fc.record({
    op: op('declare'),
    name: setting,
    type: op('int'),
    default_value: value,
    configurable_features: fc.constant(FEATURES),
  }),
  fc.record({ op: op('move_context_feature'), name: op('user'), before: op('account') }),
);

/** Sets of one operation, and of those which only make sense together. */
const group: fc.Arbitrary<readonly object[]> = fc.oneof(
  { weight: 8, arbitrary: operation.map((one) => [one]) },
  fc
    .record({ setting, from: feature_values, to: feature_values, values: fc.boolean() })
    .map(({ from, to, values, ...rule }) => {
      const patch = (is: object, then: object, set = {}) => ({
        ...{ op: 'patch_rule', ...rule, feature_values: is, set: { feature_values: then, ...set } },
      });
      const aside = { user: 'aside' };
      return [patch(from, aside), patch(to, from, values ? { value: 9 } : {}), patch(aside, to)];
    }),
  fc.record({ ...rollout, from: account, to: account }).map(({ from, to, ...about }) => {
    const patch = (is: object, then: object) => ({
      ...{ op: 'patch_rollout', ...about, feature_values: is, set: { feature_values: then } },
    });
    const aside = { account: 'aside' };
    return [patch(from, aside), patch(to, from), patch(aside, to)];
  }),
  fc.record({ from: setting, to: setting }).map(({ from, to }) => {
    const rename = (is: string, then: string) => ({
      ...{ op: 'rename_setting', setting: is, name: then, keep_alias: false },
    });
    return [rename(from, 'aside'), rename(to, from), rename('aside', to)];
  }),
  fc.constant([
    { op: 'add_context_feature', name: 'team', before: 'user' },
    { op: 'put_setting', setting: 'cache_size', configurable_features: [...FEATURES, 'team'] },
    { op: 'put_rule', setting: 'cache_size', feature_values: { team: 'web', user: 'a' }, value: 3 },
  ]),
  fc
    .record({ setting, aliases: fc.uniqueArray(fc.constantFrom('x', 'y')) })
    .map((one) => [{ op: 'put_setting', ...one }]),
);

const operationsOf = (given: readonly object[]) => atOnce(parseOperations(parseJson(JSON.stringify(given))));

function emptyRuleset(): Ruleset {
  return atOnce(new RulesetBuilder().finish({ seq: '1', token: 'x' }, FEATURES, []));
}

/** Applies those of the operations that can be, and gives what that makes and what takes it back. */
function applied(
  base: Ruleset,
  given: readonly object[],
): Readonly<{ ruleset: Ruleset; undo: readonly JsonText[] }> | undefined {
  const draft = new Draft(base);
  const { failures } = atOnce(applyOperations(draft, operationsOf(given)));
  if (failures.length > 0) return undefined;
  const undo = atOnce(inverseOperations(atOnce(changesOf(draft))));
  return { ruleset: atOnce(nextOf(draft, { seq: '2', token: 'y' }, provisionalIds(base))), undo };
}

function parsed(undo: readonly JsonText[]): readonly object[] {
  return undo.map((text) => JSON.parse(text) as object);
}

/** All that there is, but for ids. */
function contents(ruleset: Ruleset): unknown {
  const draft = new Draft(ruleset);
  const settings = [...ruleset.settings.keys()].sort().flatMap((name) => draft.setting(name) ?? []);
  return [[...ruleset.features], settings.map(settingContents)];
}

function settingContents(one: DraftSetting): unknown {
  const { head } = one;
  const rules = [...one.rules()].map((rule) => [conditionsKey(rule.conditions), rule.value, sorted(rule.metadata)]);
  const rollouts = one.rollouts.map(({ members, metadata: notes, ...fields }) => {
    return [{ ...fields, id: 0 }, [...members].sort(), sorted(notes)];
  });
  return [{ ...head, metadata: sorted(head.metadata) }, rules.sort(), rollouts];
}

function sorted(notes: Parameters<typeof writeMetadata>[0]): string {
  return writeMetadata(new Map([...notes].sort()));
}

it('what takes a set back leaves what was there before, and what takes that back, what was there after', () => {
  let count = 0;
  fc.assert(
    fc.property(
      fc.array(group, { maxLength: 12 }),
      fc.array(group, { minLength: 1, maxLength: 4 }).map((groups) => groups.flat()),
      (first, second) => {
        let before = emptyRuleset();
        const declared = ['cache_size', 'other'].map((name) => {
          return { op: 'declare', name, type: 'int', default_value: 1, configurable_features: FEATURES };
        });
        for (const one of [declared, ...first]) before = applied(before, one)?.ruleset ?? before;
        const after = applied(before, second);
        if (after === undefined || after.undo.length === 0) return;
        count += 1;
        const undone = applied(after.ruleset, parsed(after.undo));
        expect(undone && contents(undone.ruleset)).toEqual(contents(before));
        const redone = undone && applied(undone.ruleset, parsed(undone.undo));
        expect(redone && contents(redone.ruleset)).toEqual(contents(after.ruleset));
      },
    ),
    { numRuns: RUNS },
  );
  expect(count).toBeGreaterThan(RUNS / 20);
});

const named = (name: string, number: number) => {
  return { op: 'declare', name, type: 'int', default_value: number, configurable_features: FEATURES };
};

it('rules and rollouts that changed places go back, also where one of them is for everyone', () => {
  const rule = (feature_values: object, number: number) => ({
    ...{ op: 'put_rule', setting: 'a', feature_values, value: number },
  });
  const part = (feature_values: object, percentage: number) => ({
    ...{ op: 'put_rollout', setting: 'a', feature: 'user', feature_values, percentage, value: percentage },
  });
  const setting = named('a', 1);
  const rules = [rule({}, 1), rule({ account: 'x', user: 'y' }, 2), rule({ user: 'z' }, 3)];
  const before = applied(emptyRuleset(), [setting, ...rules, part({}, 1), part({ account: 'x' }, 2)])?.ruleset;
  const move = (kind: 'rule' | 'rollout', is: object, then: object) => ({
    ...{ op: `patch_${kind}`, setting: 'a', ...(kind === 'rollout' && { feature: 'user' }) },
    ...{ feature_values: is, set: { feature_values: then } },
  });
  const rulesRound = [
    move('rule', { user: 'z' }, { user: 'free' }),
    move('rule', { account: 'x', user: 'y' }, { user: 'z' }),
    move('rule', {}, { account: 'x', user: 'y' }),
    move('rule', { user: 'free' }, {}),
  ];
  const rolloutsRound = [
    move('rollout', {}, { account: 'free' }),
    move('rollout', { account: 'x' }, {}),
    move('rollout', { account: 'free' }, { account: 'x' }),
  ];
  const after = before && applied(before, [...rulesRound, ...rolloutsRound]);
  const undo = parsed(after?.undo ?? []);
  const undone = after && applied(after.ruleset, undo);
  expect(undone && contents(undone.ruleset)).toEqual(before && contents(before));
  expect(undo).toHaveLength(7);
});

it('names that were passed on or round go back to where they were', () => {
  const rename = (from: string, to: string) => ({ op: 'rename_setting', setting: from, name: to, keep_alias: false });
  const before = applied(emptyRuleset(), [named('a', 1), named('b', 2), named('c', 3), named('d', 4)])?.ruleset;
  const round = [rename('a', 'aside'), rename('b', 'a'), rename('c', 'b'), rename('aside', 'c'), rename('d', 'e')];
  const passedOn = [rename('a', 'x'), rename('b', 'a'), rename('c', 'b')];
  for (const operations of [round, passedOn]) {
    const after = before && applied(before, operations);
    const undone = after && applied(after.ruleset, parsed(after.undo));
    expect(undone && contents(undone.ruleset)).toEqual(before && contents(before));
  }
});

it('rules whose conditions were passed on go back, whichever was there first', () => {
  const put = (user: string, value: number) => ({ op: 'put_rule', setting: 'a', feature_values: { user }, value });
  const move = (from: string, to: string) => {
    return { op: 'patch_rule', setting: 'a', feature_values: { user: from }, set: { feature_values: { user: to } } };
  };
  for (const users of [
    ['x', 'y', 'z'],
    ['z', 'y', 'x'],
  ]) {
    const [x = '', y = '', z = ''] = users;
    const before = applied(emptyRuleset(), [named('a', 1), ...users.map((user, index) => put(user, index))])?.ruleset;
    const after = before && applied(before, [move(z, 'free'), move(y, z), move(x, y)]);
    const undone = after && applied(after.ruleset, parsed(after.undo));
    expect(undone && contents(undone.ruleset)).toEqual(before && contents(before));
  }
});

it('settings need the most approvals that any pattern asks for', () => {
  const rules = parseApprovalRules('billing.*:2, billing.tax:3,cache_size:1');
  const needed = (...names: readonly string[]) => approvalsNeeded(rules, names);
  expect([needed('billing.x'), needed('billing.tax'), needed('cache_size', 'other'), needed('billingx')]).toEqual([
    2, 3, 1, 0,
  ]);
  expect(() => parseApprovalRules('billing')).toThrow('patterns of names');
});

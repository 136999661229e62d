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

const FEATURES = ['account', 'user'];
const setting = fc.constantFrom('cache_size', 'other', 'third');
const feature_values = fc.dictionary(fc.constantFrom(...FEATURES), fc.constantFrom('a', 'b'));
const value = fc.integer({ min: 0, max: 3 });
const metadata = fc.dictionary(fc.constantFrom('k', 'l'), value);
const about = { setting, feature_values };
const rollout = { setting, feature: fc.constant('user') };
const units = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'));
const op = (name: string) => fc.constant(name);
const operation = fc.oneof(
  fc.record({ op: op('put_rule'), ...about, value, metadata }, { requiredKeys: ['op', 'setting', 'value'] }),
  fc.record({ op: op('delete_rule'), ...about }),
  fc.record({ op: op('patch_rule'), ...about, set: fc.record({ value, feature_values }) }),
  fc.record({ op: op('put_rollout'), ...rollout, percentage: value, value, members: units }),
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
      fc.array(operation, { maxLength: 12 }),
      fc.array(operation, { minLength: 1, maxLength: 4 }),
      (first, second) => {
        let before = emptyRuleset();
        const declared = ['cache_size', 'other'].map((name) => {
          return { op: 'declare', name, type: 'int', default_value: 1, configurable_features: FEATURES };
        });
        for (const one of [...declared, ...first]) before = applied(before, [one])?.ruleset ?? before;
        const after = applied(before, second);
        if (after === undefined || after.undo.length === 0) return;
        count += 1;
        const undone = applied(
          after.ruleset,
          after.undo.map((text): object => JSON.parse(text) as object),
        );
        expect(undone && contents(undone.ruleset)).toEqual(contents(before));
      },
    ),
    { numRuns: 200 },
  );
  expect(count).toBeGreaterThan(20);
});

const named = (name: string, number: number) => {
  return { op: 'declare', name, type: 'int', default_value: number, configurable_features: FEATURES };
};

it('names that were passed on or round go back to where they were', () => {
  const rename = (from: string, to: string) => ({ op: 'rename_setting', setting: from, name: to, keep_alias: false });
  const before = applied(emptyRuleset(), [named('a', 1), named('b', 2), named('c', 3), named('d', 4)])?.ruleset;
  const round = [rename('a', 'aside'), rename('b', 'a'), rename('c', 'b'), rename('aside', 'c'), rename('d', 'e')];
  const passedOn = [rename('a', 'x'), rename('b', 'a'), rename('c', 'b')];
  for (const operations of [round, passedOn]) {
    const after = before && applied(before, operations);
    const undone =
      after &&
      applied(
        after.ruleset,
        after.undo.map((text) => JSON.parse(text) as object),
      );
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
    const undone =
      after &&
      applied(
        after.ruleset,
        after.undo.map((text) => JSON.parse(text) as object),
      );
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

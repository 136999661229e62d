import * as fc from 'fast-check';
import { compareByPrecedence, formatJson, type Json, makeEvaluator, parseJson } from '@heksher/core';
import { type RuleLine, type SettingView } from '../api/queries.js';
import { couldBe } from './could-be.js';
import { lineKey } from './lines.js';

const FEATURES = ['account', 'user', 'theme'];
const VALUES = ['a', 'b'];

const conditions = fc
  .subarray(FEATURES, { minLength: 1 })
  .chain((features) =>
    fc.tuple(
      ...features.map((feature) => fc.constantFrom(...VALUES).map((value) => [feature, value] as [string, string])),
    ),
  );
const rulesets = fc
  .uniqueArray(conditions, { selector: (pairs) => JSON.stringify(pairs), maxLength: 8 })
  .map((all) => all.map((feature_values, index) => ruleLine(index + 1, feature_values)));
const contexts = fc.dictionary(fc.constantFrom(...FEATURES), fc.constantFrom(...VALUES, 'c'));

function ruleLine(id: number, feature_values: string[][]): RuleLine {
  const metadata: Json = { kind: 'object', members: new Map() };
  return {
    kind: 'rule',
    rule_id: id,
    setting: 'x',
    value: parseJson(String(id)),
    feature_values,
    metadata,
    position: id,
  };
}

function viewOf(lines: readonly RuleLine[]): SettingView {
  const rank = ({ rule_id, feature_values }: RuleLine) => ({
    id: rule_id,
    conditions: feature_values as [string, string][],
  });
  const ordered = lines.toSorted((a, b) => compareByPrecedence(rank(a), rank(b), FEATURES));
  return { lines: ordered, default_value: parseJson('0') } as unknown as SettingView;
}

/** Every context that completes what is known. */
function completions(known: Readonly<Record<string, string>>): readonly Map<string, string>[] {
  return FEATURES.reduce<Map<string, string>[]>(
    (all, feature) =>
      known[feature] !== undefined
        ? all
        : all.flatMap((context) => [context, ...[...VALUES, 'c'].map((value) => new Map(context).set(feature, value))]),
    [new Map(Object.entries(known))],
  );
}

it('a line could decide just where some context that completes the known one is decided by it', () => {
  fc.assert(
    fc.property(rulesets, contexts, (rules, known) => {
      const view = viewOf(rules);
      const { evaluate } = makeEvaluator({
        features: FEATURES,
        defaultValue: '0',
        rules: rules.map(({ rule_id, feature_values, value }) => ({
          id: rule_id,
          conditions: feature_values as [string, string][],
          value: formatJson(value),
        })),
        rollouts: [],
      });
      const now = evaluate(new Map(Object.entries(known)), 0);
      const possible = new Set(completions(known).map((context) => evaluate(context, 0)));
      const expected = [...possible].flatMap((decision) =>
        decision === now || decision.reason !== 'RULE' ? [] : [`rule-${decision.ruleId}`],
      );
      expect(
        couldBe(view, known)
          .map(({ key }) => key)
          .sort(),
      ).toEqual(expected.sort());
    }),
  );
});

it('says what it rests on', () => {
  const view = viewOf([
    ruleLine(1, [
      ['account', 'jim'],
      ['user', 'admin'],
    ]),
    ruleLine(2, [['account', 'jim']]),
  ]);
  expect(couldBe(view, { account: 'jim' }).map(({ line, given }) => [lineKey(line), given])).toEqual([
    ['rule-1', ['user is "admin"']],
  ]);
});

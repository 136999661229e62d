import * as fc from 'fast-check';
import { compareByPrecedence, formatJson, type Json, makeEvaluator, parseJson } from '@heksher/core';
import { type RolloutLine, type RuleLine, type SettingView } from '../api/queries.js';
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

/** Little is known, so that much could be. */
const fewKnown = fc.dictionary(fc.constantFrom(...FEATURES), fc.constantFrom(...VALUES), { maxKeys: 1 });

type Dealt = Readonly<{ feature: string; hard: [string, string][]; percentage: number; salt: string; isOff: boolean }>;

const rollouts = fc.uniqueArray(
  fc
    .record({
      feature: fc.constantFrom(...FEATURES),
      hard: fc.oneof(fc.constant<[string, string][]>([]), conditions),
      percentage: fc.constantFrom(0, 60, 100, 100),
      // Deals the few units of the test anew.
      salt: fc.constantFrom('x', 'y', 'z'),
      isOff: fc.constantFrom(false, false, false, true),
    })
    .map((dealt): Dealt => ({ ...dealt, hard: dealt.hard.filter(([name]) => name !== dealt.feature) })),
  { selector: ({ feature, hard }) => JSON.stringify([feature, hard]), minLength: 1, maxLength: 5 },
);

function rolloutLine(id: number, { feature, hard, percentage, salt, isOff }: Dealt): RolloutLine {
  return {
    kind: 'rollout',
    rollout_id: id,
    feature,
    feature_values: Object.fromEntries(hard),
    percentage_now: percentage,
    pattern: null,
    member_count: 0,
    hash: 'murmur3',
    salt,
    state: isOff ? 'off' : 'partial',
    value: parseJson(String(-id)),
  } as unknown as RolloutLine;
}

it('a rule could decide just where core lets it in the least context with its conditions: above it rollouts that surely admit hide it, and no others', () => {
  let hidden = 0;
  fc.assert(
    fc.property(rulesets, rollouts, fewKnown, (rules, dealt, known) => {
      const ranked = [
        ...rules.map((line) => ({
          id: line.rule_id,
          conditions: line.feature_values as [string, string][],
          line: line,
        })),
        ...dealt.map((one, index) => ({
          id: index + 1,
          conditions: one.hard,
          feature: one.feature,
          line: rolloutLine(index + 1, one),
        })),
      ].toSorted((a, b) => compareByPrecedence(a, b, FEATURES));
      const core = {
        features: FEATURES,
        defaultValue: '0',
        rules: rules.map(({ rule_id, feature_values, value }) => ({
          id: rule_id,
          conditions: feature_values as [string, string][],
          value: formatJson(value),
        })),
      };
      const { evaluate } = makeEvaluator({
        ...core,
        rollouts: dealt.map(({ feature, hard, percentage, salt, isOff }, index) => ({
          id: index + 1,
          feature,
          conditions: hard,
          enabled: !isOff,
          members: new Set<string>(),
          pattern: undefined,
          share: { kind: 'fixed', thousandths: percentage * 1_000 },
          hash: 'murmur3',
          salt,
          outcome: { kind: 'value', value: String(-index - 1) },
        })),
      });
      const withoutRollouts = makeEvaluator({ ...core, rollouts: [] }).evaluate;
      const decidedBy = (decision: ReturnType<typeof evaluate>) => (decision.reason === 'RULE' ? decision.ruleId : 0);
      const expected = rules.flatMap(({ rule_id, feature_values }) => {
        const isContradicted = feature_values.some(([name = '', value]) => (known[name] ?? value) !== value);
        const isKnown = feature_values.every(([name = '']) => known[name] !== undefined);
        if (isContradicted || isKnown) return [];
        const least = new Map([...Object.entries(known), ...(feature_values as [string, string][])]);
        const decides = decidedBy(evaluate(least, 0)) === rule_id;
        if (!decides && decidedBy(withoutRollouts(least, 0)) === rule_id) hidden += 1;
        return decides ? [`rule-${rule_id}`] : [];
      });
      const view = { lines: ranked.map(({ line }) => line), default_value: parseJson('0') } as unknown as SettingView;
      const found = couldBe(view, known).flatMap(({ key, line }) => (line.kind === 'rule' ? [key] : []));
      expect(found.toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 400 },
  );
  // Rollouts did hide some.
  expect(hidden).toBeGreaterThan(10);
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

import { atOnce, type Condition, type Context, explain, jsonText, makeEvaluator } from '@heksher/core';
import fc from 'fast-check';
import { evaluable, evaluableIn } from './evaluable.js';
import { explainSetting } from './explain.js';
import { LoadedRollout } from './loaded-rollout.js';
import { MemberSet } from './member-set.js';
import { RulesetBuilder } from './ruleset-builder.js';
import { NO_METADATA } from './rule-table.js';
import { findSettings, type Ruleset, type Setting } from './ruleset.js';

const FEATURES = ['account', 'user', 'theme'];

/** A value of a few for some of the features. */
const pairs = fc
  .tuple(...FEATURES.map(() => fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 2 })))
  .map((values) =>
    values.flatMap((value, index): Condition[] => (value === null ? [] : [[FEATURES[index] ?? '', value]])),
  );

type Conditions = readonly (readonly Condition[])[];

function rulesetOf(rules: Conditions, rollouts: Conditions): Ruleset {
  const builder = new RulesetBuilder();
  for (const [id, conditions] of rules.entries()) {
    builder.add('s', { id, value: String(id), conditions, metadata: NO_METADATA });
  }
  const head = { name: 's', type: 'int', version: '1.0', defaultValue: jsonText('-1'), aliases: [] };
  const setting = {
    ...head,
    configurableFeatures: FEATURES,
    metadata: NO_METADATA,
    rollouts: rollouts.map(rolloutWith),
  };
  return atOnce(builder.finish({ seq: '1', token: 't' }, FEATURES, [setting]));
}

/** One by user, whose own condition on that feature is left out. */
function rolloutWith(conditions: readonly Condition[], id: number): LoadedRollout {
  const stored = {
    id,
    feature: 'user',
    enabled: id % 3 > 0,
    percentage: '50',
    ramp: null,
    pattern: null,
    value: String(100 + id),
    variants: null,
    hash: 'murmur3',
    salt: String(id),
    conditions: conditions.filter(([feature]) => feature !== 'user'),
    metadata: NO_METADATA,
  };
  return new LoadedRollout(stored, MemberSet.of([]));
}

function onlySetting(ruleset: Ruleset): Setting {
  const [setting] = findSettings(ruleset, ['s']);
  if (setting === undefined) throw new Error('there is no setting');
  return setting;
}

const rules = fc.array(pairs, { maxLength: 30, size: 'max' });
const rollouts = fc.array(pairs, { maxLength: 4 });
const contexts = fc.array(pairs.map((all): Context => new Map(all)));

it('a setting for one context decides there as the whole setting does', () => {
  const reasons = new Set<string>();
  fc.assert(
    fc.property(rules, rollouts, contexts, (all, soft, asked) => {
      const ruleset = rulesetOf(all, soft);
      const setting = onlySetting(ruleset);
      const whole = makeEvaluator(atOnce(evaluable(ruleset, setting)));
      for (const context of asked) {
        const evaluation = makeEvaluator(evaluableIn(context, ruleset, setting)).evaluate(context, 0);
        expect(evaluation).toEqual(whole.evaluate(context, 0));
        reasons.add(evaluation.reason);
      }
    }),
  );
  expect([...reasons].sort()).toEqual(['DEFAULT', 'ROLLOUT', 'RULE']);
});

it('a decision is explained as of the whole setting, whatever the limit', () => {
  let omissions = 0;
  fc.assert(
    fc.property(rules, rollouts, contexts, fc.nat(40), (all, soft, asked, limit) => {
      const ruleset = rulesetOf(all, soft);
      const setting = onlySetting(ruleset);
      for (const context of asked) {
        const expected = explain(atOnce(evaluable(ruleset, setting)), context, 0, limit);
        expect(explainSetting(ruleset, setting, context, 0, limit)).toEqual(expected);
        omissions += expected.omitted;
      }
    }),
  );
  expect(omissions).toBeGreaterThan(100);
});

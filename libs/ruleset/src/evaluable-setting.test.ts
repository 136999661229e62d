import { type Condition, type Context, jsonText, makeEvaluator } from '@heksher/core';
import fc from 'fast-check';
import { evaluableSetting, settingFor } from './evaluable-setting.js';
import { RuleTableBuilder } from './rule-table-builder.js';
import { NO_METADATA } from './rule-table.js';
import { makeRuleset, makeSetting } from './ruleset.js';
import { Vocabulary } from './vocabulary.js';

const FEATURES = ['account', 'user', 'theme'];

/** A value of a few for some of the features. */
const pairs = fc
  .tuple(...FEATURES.map(() => fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 2 })))
  .map((values) =>
    values.flatMap((value, index): Condition[] => (value === null ? [] : [[FEATURES[index] ?? '', value]])),
  );

it('a setting for one context is there what the whole setting is', () => {
  const reasons = new Set<string>();
  fc.assert(
    fc.property(fc.array(pairs, { maxLength: 30, size: 'max' }), fc.array(pairs), (rules, contexts) => {
      const vocabulary = new Vocabulary();
      const builder = new RuleTableBuilder(vocabulary);
      for (const [id, conditions] of rules.entries()) {
        builder.add({ id, value: String(id), conditions, metadata: NO_METADATA });
      }
      const head = { name: 's', type: 'int', version: '1.0', defaultValue: jsonText('-1'), aliases: [], rollouts: [] };
      const setting = makeSetting(head, builder);
      const ruleset = makeRuleset({ seq: '1', token: 't' }, FEATURES, [setting], vocabulary);
      const whole = makeEvaluator(evaluableSetting(ruleset, setting));
      for (const context of contexts.map((all): Context => new Map(all))) {
        const evaluation = makeEvaluator(settingFor(context, ruleset, setting)).evaluate(context, 0);
        expect(evaluation).toEqual(whole.evaluate(context, 0));
        reasons.add(evaluation.reason);
      }
    }),
  );
  expect([...reasons].sort()).toEqual(['DEFAULT', 'RULE']);
});

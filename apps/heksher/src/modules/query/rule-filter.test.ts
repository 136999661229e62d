import { admits, type Condition, type ContextFilter, jsonText } from '@heksher/core';
import fc from 'fast-check';
import { ruleFilter } from './rule-filter.js';
import { arrangeRules, NO_METADATA, ruleMaker, type Setting } from './ruleset.js';

const FEATURES = ['account', 'user', 'theme', '__proto__', ''];
const VALUES = ['john', 'jim', 'é', 'constructor', ''];

/** Conditions on features in feature order, one each, as the store gives them. */
const conditions = fc
  .array(fc.option(fc.constantFrom(...VALUES), { freq: 2 }), { minLength: FEATURES.length, maxLength: FEATURES.length })
  .map((values): readonly Condition[] =>
    FEATURES.flatMap((feature, index): Condition[] => {
      const value = values[index];
      return value === null || value === undefined ? [] : [[feature, value]];
    }),
  );

/** Few conditions each, so that many rules share a shape, and an index is worth its while. */
const fewConditions = conditions.map((all) => all.slice(-2));

type Rules = readonly (readonly Condition[])[];
const rules: fc.Arbitrary<Rules> = fc.oneof(
  fc.array(conditions, { maxLength: 40, size: 'max' }),
  fc.array(fewConditions, { maxLength: 80, size: 'max' }),
);

const admitted = fc.oneof(
  fc.constant('*' as const),
  fc.uniqueArray(fc.constantFrom(...VALUES, 'nobody'), { minLength: 1 }).map((values) => new Set(values)),
);
const filter: fc.Arbitrary<ContextFilter> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: 'everything' as const }) },
  {
    weight: 9,
    arbitrary: fc
      .uniqueArray(fc.tuple(fc.constantFrom(...FEATURES, 'unknown'), admitted), { selector: ([feature]) => feature })
      .map((entries) => ({ kind: 'by-feature' as const, features: new Map(entries) })),
  },
);

function settingOf(rulesOfSetting: Rules): Setting {
  const make = ruleMaker();
  const made = rulesOfSetting.map((each, id) => make({ id, value: '1', conditions: each, metadata: NO_METADATA }));
  const head = { name: 'a', type: 'int', version: '1.0', defaultValue: jsonText('0'), aliases: [], rollouts: [] };
  return { ...head, ...arrangeRules(made) };
}

/** The naive way: of equal conditions the first, then each rule by itself. */
function expectedIds(rulesOfSetting: Rules, asked: ContextFilter): readonly number[] {
  const texts = rulesOfSetting.map((each) => JSON.stringify(each));
  return rulesOfSetting.flatMap((each, id) =>
    texts.indexOf(JSON.stringify(each)) === id && admits(asked, each) ? [id] : [],
  );
}

it('admits exactly the rules whose every condition the filter admits, by ascending id, asked again and again', () => {
  fc.assert(
    fc.property(rules, fc.array(filter, { minLength: 1, maxLength: 6 }), (all, filters) => {
      const setting = settingOf(all);
      for (const asked of filters) {
        expect(ruleFilter(asked)(setting).map(({ id }) => id)).toEqual(expectedIds(all, asked));
      }
    }),
    { numRuns: 500 },
  );
});

it('finds one rule among very many without looking at each', () => {
  const users = Array.from({ length: 50_000 }, (_, user): Condition[] => [['user', `u${user}`]]);
  const setting = settingOf(users);
  const ask = (user: number) =>
    ruleFilter({ kind: 'by-feature', features: new Map([['user', new Set([`u${user}`, 'nobody'])]]) })(setting);
  expect(ask(7).map(({ id }) => id)).toEqual([7]);
  const startedAt = performance.now();
  for (let user = 0; user < 5_000; user += 1) expect(ask(user)[0]?.id).toBe(user);
  // Looking at each of 50 000 rules 5 000 times takes many seconds; looking them up, a few milliseconds.
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

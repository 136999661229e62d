import { admits, type Condition, type ContextFilter } from '@heksher/core';
import fc from 'fast-check';
import { ruleFilter } from './rule-filter.js';
import { RuleTableBuilder } from './rule-table-builder.js';
import { NO_METADATA, type RuleTable } from './rule-table.js';
import { Vocabulary } from './vocabulary.js';

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

type Limits = Parameters<typeof ruleFilter>[2];

type Tabled = Readonly<{ table: RuleTable; vocabulary: Vocabulary }>;

function tableOf(rulesOfSetting: Rules): Tabled {
  const vocabulary = new Vocabulary();
  const builder = new RuleTableBuilder(vocabulary);
  for (const [id, conditions] of rulesOfSetting.entries()) {
    builder.add({ id, value: '1', conditions, metadata: NO_METADATA });
  }
  return { table: builder.build(), vocabulary };
}

function admittedIds({ table, vocabulary }: Tabled, asked: ContextFilter, limits?: Limits): readonly number[] {
  const rows = ruleFilter(asked, vocabulary, limits)(table);
  return rows === 'all' ? [...table.ids] : rows.map((row) => table.ids[row] ?? NaN);
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
      const tabled = tableOf(all);
      for (const asked of filters) {
        const expected = expectedIds(all, asked);
        expect(admittedIds(tabled, asked)).toEqual(expected);
        for (const patience of [0, 2]) expect(admittedIds(tabled, asked, { few: 0, patience })).toEqual(expected);
      }
    }),
    { numRuns: 500 },
  );
});

it('finds each of very many rules of one shape, which are looked up and not looked at', () => {
  const users = Array.from({ length: 5_000 }, (_, user): Condition[] => [['user', `u${user}`]]);
  const tabled = tableOf(users);
  const ask = (user: number) =>
    admittedIds(tabled, { kind: 'by-feature', features: new Map([['user', new Set([`u${user}`, 'nobody'])]]) });
  for (let user = 0; user < users.length; user += 1) expect(ask(user)).toEqual([user]);
  expect(ask(users.length)).toEqual([]);
});

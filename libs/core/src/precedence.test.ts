import fc from 'fast-check';
import { type Context } from './condition.js';
import { makeEvaluator } from './evaluation.js';
import { compareByPrecedence, type Ranked } from './precedence.js';

const FEATURES = ['account', 'user', 'theme'];

/** The rules table of the README: account, user, theme, value; `*` is a wildcard. */
const TABLE = [
  ['john', '*', '*', 100],
  ['jim', '*', '*', 50],
  ['jim', 'admin', '*', 200],
  ['*', 'guest', '*', 10],
  ['*', 'guest', 'dark', 20],
] as const;

const CACHE_SIZE_RULES = TABLE.map(([account, user, theme, value], index) => ({
  id: index + 1,
  value,
  conditions: [
    ['account', account],
    ['user', user],
    ['theme', theme],
  ].flatMap(([feature = '', text = '']) => (text === '*' ? [] : [[feature, text] as const])),
}));

const value = fc.constantFrom('x', 'y');
const conditions = fc
  .record({ account: value, user: value, theme: value }, { requiredKeys: [] })
  .chain((record) => fc.shuffledSubarray(Object.entries(record), { minLength: Object.keys(record).length }));
const ruleLists = fc.array(conditions, { maxLength: 12 }).chain((lists) =>
  fc.shuffledSubarray(
    lists.map((list, id) => ({ id, conditions: list })),
    { minLength: lists.length },
  ),
);
const contexts = fc
  .record({ account: value, user: value, theme: value }, { requiredKeys: [] })
  .map((record) => new Map(Object.entries(record)));

const hasCondition = (rule: Ranked, feature: string) => rule.conditions.some(([name]) => name === feature);

/** The contract's words, read literally: keep the matching, go through the features, drop the rules without a condition. */
const resolveByElimination = (rules: readonly Ranked[], context: ReadonlyMap<string, string>) => {
  let left = rules.filter((rule) => rule.conditions.every(([feature, text]) => context.get(feature) === text));
  for (const feature of ['theme', 'user', 'account']) {
    const specific = left.filter((rule) => hasCondition(rule, feature));
    if (specific.length > 0) left = specific;
  }
  return left.sort((a, b) => a.id - b.id)[0];
};

/** The id of the rule that an evaluator says decides; undefined: the default does. */
const resolve = (rules: readonly Ranked[], context: Context, features: readonly string[]): number | undefined => {
  const given = rules.map(({ id, conditions }) => ({ id, conditions, value: id }));
  const setting = { features, defaultValue: undefined, rules: given, rollouts: [] };
  return makeEvaluator<number | undefined>(setting).evaluate(context, 0).value;
};

describe('the rule that decides', () => {
  it.each([
    ['guest with the dark theme', { user: 'guest', theme: 'dark' }, 20],
    ['guest with the dark theme, account jim', { account: 'jim', user: 'guest', theme: 'dark' }, 20],
    ['guest', { user: 'guest' }, 10],
    ['guest with the light theme, account john', { account: 'john', user: 'guest', theme: 'light' }, 10],
    ['account jim, user admin', { account: 'jim', user: 'admin' }, 200],
    ['account jim, user admin, dark theme', { account: 'jim', user: 'admin', theme: 'dark' }, 200],
    ['account jim', { account: 'jim' }, 50],
    ['account jim, another user', { account: 'jim', user: 'ann' }, 50],
    ['account john', { account: 'john' }, 100],
    ['account john, user admin', { account: 'john', user: 'admin' }, 100],
    ['another account', { account: 'ann', user: 'ann', theme: 'dark' }, undefined],
    ['nothing known', {}, undefined],
  ])('in the table of the README, %s', (_, context, answer) => {
    const known = new Map(Object.entries(context));
    const valueFrom = (rules: typeof CACHE_SIZE_RULES) => {
      const id = resolve(rules, known, FEATURES);
      return rules.find((rule) => rule.id === id)?.value;
    };
    expect(valueFrom(CACHE_SIZE_RULES)).toBe(answer);
    expect(valueFrom(CACHE_SIZE_RULES.toReversed())).toBe(answer);
  });

  it('is the older of two rules with equal conditions, whatever their order', () => {
    const twins = [
      { id: 9, conditions: [['user', 'x']] as const },
      { id: 4, conditions: [['user', 'x']] as const },
    ];
    expect(resolve(twins, new Map([['user', 'x']]), FEATURES)).toBe(4);
  });

  it('is a rule without conditions where no other matches', () => {
    const rules = [
      { id: 1, conditions: [] },
      { id: 2, conditions: [['user', 'x']] as const },
    ];
    expect(resolve(rules, new Map(), FEATURES)).toBe(1);
    expect(resolve(rules, new Map([['user', 'x']]), FEATURES)).toBe(2);
  });

  it('follows the order of the features it is given', () => {
    const rules = [
      { id: 1, conditions: [['user', 'x']] as const },
      { id: 2, conditions: [['theme', 'x']] as const },
    ];
    const context = new Map([
      ['user', 'x'],
      ['theme', 'x'],
    ]);
    expect(resolve(rules, context, ['user', 'theme'])).toBe(2);
    expect(resolve(rules, context, ['theme', 'user'])).toBe(1);
  });

  it('is that of the literal reading of the contract', () => {
    fc.assert(
      fc.property(ruleLists, contexts, (rules, context) => {
        expect(resolve(rules, context, FEATURES)).toBe(resolveByElimination(rules, context)?.id);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('compareByPrecedence', () => {
  it('is a total order where ids differ', () => {
    const rules = fc
      .tuple(conditions, conditions, conditions)
      .map((lists) => lists.map((list, id) => ({ id, conditions: list })));
    fc.assert(
      fc.property(rules, (three) => {
        const compare = (a: Ranked, b: Ranked) => Math.sign(compareByPrecedence(a, b, FEATURES));
        for (const a of three) {
          expect(compare(a, a)).toBe(0);
          for (const b of three) {
            if (a !== b) expect(compare(a, b)).not.toBe(0);
            expect(compare(a, b) + compare(b, a)).toBe(0);
            for (const c of three) if (compare(a, b) < 0 && compare(b, c) < 0) expect(compare(a, c)).toBe(-1);
          }
        }
      }),
    );
  });

  it('looks at ids only between rules that condition the same features', () => {
    fc.assert(
      fc.property(conditions, conditions, (a, b) => {
        const compare = (idA: number, idB: number) =>
          Math.sign(compareByPrecedence({ id: idA, conditions: a }, { id: idB, conditions: b }, FEATURES));
        const features = (list: typeof a) => JSON.stringify(list.map(([feature]) => feature).sort());
        expect(compare(1, 2) === compare(2, 1)).toBe(features(a) !== features(b));
      }),
    );
  });
});

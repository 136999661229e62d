import { type EvaluableRule } from './candidate.js';
import { HeksherError } from './errors.js';
import { makeEvaluator } from './evaluation.js';
import { explain, type Step } from './explanation.js';
import { type JsonText, jsonText } from './json.js';
import { type Rollout } from './rollout.js';

const failure = (read: () => unknown): HeksherError => {
  try {
    read();
  } catch (error) {
    if (error instanceof HeksherError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const FEATURES = ['account', 'user', 'theme'];

const contextOf = (values: Record<string, string>) => new Map(Object.entries(values));

const ruleOf = (id: number, conditions: Record<string, string>, value = String(id)): EvaluableRule => ({
  id,
  conditions: Object.entries(conditions),
  value: jsonText(value),
});

const rolloutOf = (id: number, change: Partial<Rollout> = {}): Rollout => ({
  id,
  feature: 'user',
  conditions: [],
  enabled: true,
  share: { kind: 'fixed', thousandths: 0 },
  members: new Set(),
  pattern: undefined,
  outcome: { kind: 'value', value: jsonText(`"rollout ${id}"`) },
  hash: 'murmur3',
  salt: 'cache_size',
  ...change,
});

const settingOf = (
  rules: readonly EvaluableRule[],
  rollouts: readonly Rollout[],
  defaultValue: JsonText = jsonText('0'),
) => ({ features: FEATURES, defaultValue, rules, rollouts });

const evaluatorOf = (...parts: Parameters<typeof settingOf>) => makeEvaluator(settingOf(...parts));

/** The worked example of the concept: a rule on guests, two rollouts by user, a rule on the account. */
const EXAMPLE_SETTING = settingOf(
  [ruleOf(1, { user: 'guest' }), ruleOf(4, { account: 'jim' })],
  [
    rolloutOf(2, { members: new Set(['bob', 'ann', 'guest']) }),
    rolloutOf(3, { members: new Set(['bob', 'guest']), conditions: [['account', 'jim']] }),
  ],
);
const EXAMPLE = makeEvaluator(EXAMPLE_SETTING);

describe('evaluate', () => {
  it('gives the same decision as the same object, and another as another', () => {
    const variants = ['a', 'b'].map((name) => ({ name, value: jsonText(`"${name}"`), weight: 1 }));
    const { evaluate } = evaluatorOf(
      [ruleOf(1, { theme: 'dark' })],
      [
        rolloutOf(2, { members: new Set(['ann']), pattern: { source: 'b', test: (unit) => unit.includes('b') } }),
        rolloutOf(3, { conditions: [['account', 'jim']], share: { kind: 'fixed', thousandths: 100_000 }, outcome: { kind: 'variants', variants } }), // prettier-ignore
      ],
    );
    const contexts: Record<string, string>[] = [{}, { theme: 'dark' }, { user: 'ann' }, { user: 'bob' }, ...['1', '2', '3', '4'].map((user) => ({ account: 'jim', user }))]; // prettier-ignore
    const decisions = contexts.map((context) => evaluate(contextOf(context), 0));
    expect(contexts.map((context) => decisions.indexOf(evaluate(contextOf(context), 0)))).toEqual(
      decisions.map((decision) => decisions.findIndex((other) => JSON.stringify(other) === JSON.stringify(decision))),
    );
    expect(new Set(decisions).size).toBe(6);
  });

  it.each([
    [
      { account: 'jim', user: 'guest' },
      { value: '1', reason: 'RULE', ruleId: 1 },
    ],
    [
      { account: 'jim', user: 'bob' },
      { value: '"rollout 3"', reason: 'ROLLOUT', rolloutId: 3, by: 'member' },
    ],
    [
      { account: 'jim', user: 'ann' },
      { value: '"rollout 2"', reason: 'ROLLOUT', rolloutId: 2, by: 'member' },
    ],
    [
      { account: 'jim', user: 'eve' },
      { value: '4', reason: 'RULE', ruleId: 4 },
    ],
    [{ account: 'jim' }, { value: '4', reason: 'RULE', ruleId: 4 }],
    [{ user: 'bob' }, { value: '"rollout 2"', reason: 'ROLLOUT', rolloutId: 2, by: 'member' }],
    [{ user: 'eve' }, { value: '0', reason: 'DEFAULT' }],
    [{}, { value: '0', reason: 'DEFAULT' }],
  ])('in the worked example, %j gives %j', (context, answer) => {
    expect(EXAMPLE.evaluate(contextOf(context), 0)).toStrictEqual(answer);
  });

  it('gives the default where there is nothing else', () => {
    expect(evaluatorOf([], []).evaluate(contextOf({ user: 'x' }), 0)).toStrictEqual({ value: '0', reason: 'DEFAULT' });
  });

  it('divides a rollout into its variants, and names the one', () => {
    const variants = ['a', 'b'].map((name) => ({ name, value: jsonText(`"value ${name}"`), weight: 1 }));
    const share = { kind: 'fixed', thousandths: 100_000 } as const;
    const evaluator = evaluatorOf(
      [],
      [rolloutOf(1, { share, salt: 'new-checkout', outcome: { kind: 'variants', variants } })],
    );
    const answer = { value: '"value b"', reason: 'ROLLOUT', rolloutId: 1, variant: 'b', by: 'percentage' };
    expect(evaluator.evaluate(contextOf({ user: 'user-1' }), 0)).toStrictEqual(answer);
  });

  it('gives the older of two rules with equal conditions, in whatever order they come', () => {
    const rules = [ruleOf(9, { user: 'x' }), ruleOf(4, { user: 'x' })];
    for (const list of [rules, rules.toReversed()]) {
      expect(evaluatorOf(list, []).evaluate(contextOf({ user: 'x' }), 0)).toMatchObject({ ruleId: 4 });
    }
  });

  it('takes features and values by their text alone', () => {
    const odd = { account: '__proto__', user: 'constructor' };
    const evaluator = evaluatorOf([ruleOf(1, odd), ruleOf(2, { user: 'a\0b' })], []);
    expect(evaluator.evaluate(contextOf(odd), 0)).toMatchObject({ ruleId: 1 });
    expect(evaluator.evaluate(contextOf({ account: 'toString', user: 'constructor' }), 0).reason).toBe('DEFAULT');
    expect(evaluator.evaluate(contextOf({ account: 'a', user: 'b' }), 0).reason).toBe('DEFAULT');
  });

  it('reports which rollout leaves a doubt because its members are not known', () => {
    const evaluator = evaluatorOf(
      [ruleOf(1, { user: 'guest' }), ruleOf(2, { account: 'jim' })],
      [rolloutOf(7, { members: null, pattern: { source: '^in', test: (unit) => unit.startsWith('in') } })],
    );
    expect(evaluator.evaluate(contextOf({ user: 'bob', account: 'jim' }), 0)).toStrictEqual({
      value: '2',
      reason: 'RULE',
      ruleId: 2,
      unlessMemberOf: 7,
    });
    for (const [context, reason] of [
      [{ user: 'guest' }, 'RULE'],
      [{ user: 'in1' }, 'ROLLOUT'],
      [{ account: 'jim' }, 'RULE'],
    ] as const) {
      const answer = evaluator.evaluate(contextOf(context), 0);
      expect(answer.reason).toBe(reason);
      expect(answer).not.toHaveProperty('unlessMemberOf');
    }
  });

  it.each([
    ['rule 3 names "colour"', [ruleOf(3, { user: 'x', colour: 'red' })], []],
    ['rollout 5 names "colour"', [], [rolloutOf(5, { feature: 'colour' })]],
    ['rollout 5 names "colour"', [], [rolloutOf(5, { conditions: [['colour', 'red']] })]],
  ])('is not to be had where %s, which is no feature', (message, rules, rollouts) => {
    const whole = `${message}, which is not one of the features (have: account, user, theme)`;
    expect(failure(() => evaluatorOf(rules, rollouts))).toMatchObject({ code: 'invalid', message: whole });
  });

  it('asks as little of 100 000 rules of three shapes as of three rules', () => {
    const account = (n: number) => ({ account: `a${n}`, user: `u${n % 100}` });
    const many = Array.from({ length: 100_000 }, (_, n) =>
      ruleOf(n, n % 3 === 0 ? account(n) : n % 3 === 1 ? { ...account(n), theme: `t${n}` } : { account: `a${n}` }),
    );
    /** A context that counts how often it is asked. */
    class Counted extends Map<string, string> {
      asked = 0;
      override get(feature: string) {
        this.asked += 1;
        return super.get(feature);
      }
    }
    const asked = (rules: readonly EvaluableRule[], n: number) => {
      const context = new Counted(Object.entries({ ...account(n), theme: `t${n}` }));
      expect(evaluatorOf(rules, []).evaluate(context, 0)).toMatchObject({ ruleId: n });
      return context.asked;
    };
    for (const n of [0, 1, 2, 99_998]) {
      const few = many.filter(({ id }) => id < 3 || id === n);
      expect(asked(many, n)).toBeLessThanOrEqual(asked(few, n) + FEATURES.length);
    }
  });
});

describe('explain', () => {
  const outline = (steps: readonly Step[]) =>
    steps.map((step) => {
      const id = step.kind === 'default' ? '' : step.kind === 'rule' ? step.rule.id : step.rollout.id;
      return `${step.position} ${step.kind} ${id}: ${step.outcome}`;
    });

  it('lists every rule and rollout by precedence with its outcome, and why', () => {
    const { steps, omitted } = explain(EXAMPLE_SETTING, contextOf({ account: 'jim', user: 'ann' }), 0);
    expect(omitted).toBe(0);
    expect(outline(steps)).toEqual([
      '1 rule 1: does-not-match',
      '2 rollout 3: does-not-match',
      '3 rollout 2: decides',
      '4 rule 4: overridden',
      '5 default : overridden',
    ]);
    expect(steps[0]).toMatchObject({ failed: ['user', 'guest'] });
    expect(steps[1]).toMatchObject({ admission: { because: 'bucket', unit: 'ann', thousandths: 0 } });
    expect(steps[2]).toMatchObject({ admission: { admitted: true, by: 'member' } });
    expect(steps[3]).toMatchObject({ failed: undefined });
  });

  it('beyond its limit still lists all that matches, and how many others it leaves out', () => {
    const rules = Array.from({ length: 5000 }, (_, n) => ruleOf(n, { user: `u${n}` }));
    const { steps, omitted } = explain(settingOf([...rules, ruleOf(9000, {})], []), contextOf({ user: 'u4321' }), 0, 4);
    expect(outline(steps)).toEqual([
      '1 rule 0: does-not-match',
      '2 rule 1: does-not-match',
      '4322 rule 4321: decides',
      '5001 rule 9000: overridden',
      '5002 default : overridden',
    ]);
    expect(omitted).toBe(4997);
  });
});

import { HeksherError, parseSettingType } from '@heksher/core';
import { Turns } from '../concurrency.js';
import { AmbientContext, type ContextDefaults, type MissingFeaturePolicy } from '../context.js';
import { type Problem, ProblemLog } from '../problems.js';
import { setting } from '../setting.js';
import { valueReaderOf } from '../values.js';
import { LiveReader, type ServiceEvaluator } from './live-reader.js';
import { prepareSetting } from './prepare.js';
import { type TrackedContexts, Tracking } from './tracking.js';

const NO_SERVICE: ServiceEvaluator = { recall: () => undefined, ask: () => Promise.resolve(undefined) };

type Rule = readonly [conditions: Readonly<Record<string, string>>, value: unknown];

/** A setting by account and user, default 0, that was served these rules and rollouts. */
async function serve(
  rules: readonly Rule[],
  options: {
    rollouts?: readonly object[];
    defaults?: ContextDefaults;
    onMissingFeature?: MissingFeaturePolicy;
    tracked?: TrackedContexts;
  } = {},
) {
  const problems: Problem[] = [];
  const log = new ProblemLog((problem) => problems.push(problem));
  const ambient = new AmbientContext(options.defaults);
  const own = setting('size', { type: 'int', configurableFeatures: ['account', 'user'], defaultValue: 0 });
  own.reader = new LiveReader(own, {
    ambient,
    tracking: new Tracking(options.tracked, log),
    onMissingFeature: options.onMissingFeature ?? 'throw',
    remote: NO_SERVICE,
  }) as never;
  const text = JSON.stringify({
    rules: rules.map(([conditions, value], id) => ({
      value,
      rule_id: id + 1,
      context_features: Object.entries(conditions),
    })),
    default_value: 60,
    rollouts: options.rollouts ?? [],
  });
  const { prepared } = await prepareSetting(
    text,
    { name: 'size', readValue: valueReaderOf(parseSettingType('int')), defaultValue: 0 },
    { features: ['account', 'user', 'theme'], turns: new Turns(), problems: log },
  );
  (own.reader as unknown as LiveReader).serve(prepared);
  return { own, ambient, problems };
}

const RULES: readonly Rule[] = [
  [{ account: 'jim' }, 50],
  [{ user: 'guest' }, 10],
];

describe('the value of a feature', () => {
  it('is the one that is given, else that of withContext, else the default of the client', async () => {
    const { own, ambient } = await serve(RULES, { defaults: { account: 'jim', user: () => 'nobody' } });
    expect(own.get()).toBe(50);
    expect(own.get({ user: 'guest' })).toBe(10);
    ambient.run({ user: 'guest' }, () => {
      expect(own.get()).toBe(10);
      expect(own.get({ user: 'admin' })).toBe(50);
      expect(own.get({ user: undefined })).toBe(10);
    });
  });

  it('is absent if null is given, whatever the defaults', async () => {
    const { own, ambient } = await serve(RULES, { defaults: { account: 'jim', user: 'guest' } });
    expect(own.get()).toBe(10);
    expect(own.get({ user: null })).toBe(50);
    expect(own.get({ user: null, account: null })).toBe(60);
    ambient.run({ user: null }, () => expect(own.get()).toBe(50));
  });

  it('may be a number or a boolean, which stand for their JSON text', async () => {
    const { own } = await serve([[{ user: '7' }, 5]], {
      defaults: { account: true },
    });
    expect([own.get({ user: 7 }), own.get({ user: '7' }), own.get({ user: 7.5 })]).toEqual([5, 5, 60]);
  });

  it.each([[null], ['guest']])('is not taken from %p instead of a context, which is refused', async (context) => {
    const { own } = await serve(RULES, { onMissingFeature: 'resolve' });
    expect(() => own.get(context as never)).toThrow(/is given as a context; accepted: an object such as/);
    expect(() => own.evaluate(context as never)).toThrow(/is given as a context/);
    await expect(own.resolve(context as never)).rejects.toThrow(/is given as a context/);
  });

  it('may come from a function that reads settings itself', async () => {
    const { own } = await serve(RULES, {
      defaults: { user: () => (reads === undefined ? 'guest' : String(reads({ account: 'jim', user: 'x' }))) },
    });
    let reads: ((context: { account: string; user: string }) => unknown) | undefined;
    reads = (context) => own.get(context);
    expect(own.get({ account: 'jim' })).toBe(50);
    reads = undefined;
    expect(own.get({ account: 'jim' })).toBe(10);
  });

  it('is nothing that objects inherit', async () => {
    const { own } = await serve(RULES, { onMissingFeature: 'resolve' });
    const context = Object.create({ account: 7 }) as { account?: string };
    expect(own.get(context)).toBe(60);
    expect(() => own.get({ account: {} as never })).toThrow(/"account" is of type object; accepted: text/);
  });
});

describe('a feature that has no value', () => {
  it('is an error that names it', async () => {
    const { own } = await serve(RULES);
    expect(() => own.get({ account: 'jim' })).toThrow(
      /the setting "size" is configurable by "user", which has no value/,
    );
    try {
      own.get({ user: 'guest' });
    } catch (error) {
      expect(error instanceof HeksherError && error.errors).toMatchObject([{ field: 'account' }]);
    }
    expect.assertions(2);
  });

  it('is the default of the service, or resolved without, as configured', async () => {
    const { own } = await serve(RULES, { onMissingFeature: 'default' });
    expect(own.get({ user: 'guest' })).toBe(60);
    expect(own.evaluate({ user: 'guest' })).toEqual({ value: 60, reason: 'DEFAULT' });
    expect(own.evaluate({ user: 'guest' }, 'resolve')).toEqual({ value: 10, reason: 'RULE', ruleId: 2 });
    expect(() => own.evaluate({ user: 'guest' }, 'throw')).toThrow(HeksherError);
  });

  it('may be missing where only rules of a newer declaration use it, and is used where it is known', async () => {
    const { own, ambient } = await serve([...RULES, [{ theme: 'dark' }, 99]]);
    expect(own.get({ account: 'jim', user: 'x' })).toBe(50);
    ambient.run({ theme: 'dark' }, () => expect(own.get({ account: 'jim', user: 'x' })).toBe(99));
  });
});

it('a value that is not tracked is reported once, and the value that is known is given', async () => {
  const { own, problems } = await serve(RULES, { tracked: { user: ['guest'] } });
  expect(own.get({ account: 'jim', user: 'guest' })).toBe(10);
  expect(own.get({ account: 'jane', user: 'bob' })).toBe(60);
  expect(own.get({ account: 'jim', user: 'bob' })).toBe(50);
  expect(problems.map(({ kind, message }) => [kind, message.replace(/, which.*/, '')])).toEqual([
    ['untracked', 'read with a value of account'],
    ['untracked', 'read with user = "bob"'],
  ]);
});

it('rollouts are decided here: by the clock, members, pattern and share', async () => {
  const common = { feature: 'user', enabled: true, member_count: 1, salt: 's', hash: 'murmur3' };
  const ramp = { start: '2020-01-01T00:00:00Z', end: '2020-01-02T00:00:00Z', from: 0, to: 100 };
  const { own } = await serve([], {
    onMissingFeature: 'resolve',
    rollouts: [
      {
        ...common,
        rollout_id: 1,
        context_features: [['account', 'a']],
        percentage: 0,
        members: ['in'],
        pattern: null,
        value: 1,
      },
      {
        ...common,
        rollout_id: 2,
        context_features: [['account', 'b']],
        percentage: 0,
        members: [],
        pattern: '^x+$',
        value: 2,
      },
      { ...common, rollout_id: 3, context_features: [['account', 'c']], ramp, members: [], pattern: null, value: 3 },
      {
        ...common,
        rollout_id: 4,
        context_features: [],
        percentage: 100,
        members: [],
        pattern: null,
        variants: [{ name: 'only', value: 4, weight: 2 }],
      },
    ],
  });
  expect(own.evaluate({ account: 'a', user: 'in' })).toMatchObject({ value: 1, rolloutId: 1, by: 'member' });
  expect(own.evaluate({ account: 'b', user: 'xx' })).toMatchObject({ value: 2, rolloutId: 2, by: 'pattern' });
  expect(own.evaluate({ account: 'c', user: 'any' })).toMatchObject({ value: 3, rolloutId: 3, by: 'percentage' });
  const other = { value: 4, reason: 'ROLLOUT', rolloutId: 4, variant: 'only', by: 'percentage' };
  expect(own.evaluate({ account: 'a', user: 'out' })).toEqual(other);
  expect(own.get({ account: 'a', user: 'out' })).toBe(4);
  expect(own.get({ account: 'a', user: null })).toBe(60);
});

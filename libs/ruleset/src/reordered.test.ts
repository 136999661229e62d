import { atOnce, type Condition, jsonText } from '@heksher/core';
import fc from 'fast-check';
import { addText, admittedRules } from './admitted-rules.js';
import { LoadedRollout } from './loaded-rollout.js';
import { MemberSet } from './member-set.js';
import { withFeatures } from './reordered.js';
import { RulesetBuilder } from './ruleset-builder.js';
import { NO_METADATA } from './rule-table.js';
import { type Ruleset, type Setting } from './ruleset.js';

const FEATURES = ['a', 'b', 'c', 'd'];
const NAMES = ['s', 't'];

/** What is asked of some features, the same whatever their order. */
const asked = fc.dictionary(fc.constantFrom(...FEATURES), fc.constantFrom('x', 'é'), { noNullPrototype: true });
type Asked = Readonly<Record<string, string>>;

const inOrder = (conditions: Asked, features: readonly string[]): readonly Condition[] =>
  features.flatMap((feature): Condition[] => {
    const value = conditions[feature];
    return value === undefined ? [] : [[feature, value]];
  });

/** The ruleset as it is loaded with this order of features. */
function loaded(rules: readonly Asked[], rollouts: readonly Asked[], features: readonly string[]): Ruleset {
  const builder = new RulesetBuilder();
  for (const [id, one] of rules.entries()) {
    const name = NAMES[id % NAMES.length] ?? '';
    builder.add(name, { id, value: String(id), conditions: inOrder(one, features), metadata: NO_METADATA });
  }
  const heads = NAMES.map((name) => {
    const own = name === 's' ? rollouts.map((one, id) => rolloutWith(id, inOrder(one, features))) : [];
    return {
      name,
      type: 'int',
      version: '1.0',
      defaultValue: jsonText('0'),
      aliases: [],
      configurableFeatures: [],
      metadata: NO_METADATA,
      rollouts: own,
    };
  });
  return atOnce(builder.finish({ seq: '1', token: 't' }, features, heads));
}

function rolloutWith(id: number, conditions: readonly Condition[]): LoadedRollout {
  const ramp = { ramp: null, pattern: null, value: '1', variants: null, hash: 'murmur3', salt: '' };
  return new LoadedRollout(
    { id, feature: 'e', enabled: true, percentage: '50', ...ramp, conditions, metadata: NO_METADATA },
    MemberSet.of([]),
  );
}

/** All that is answered from a setting, of all its rules and of some. */
function contentsOf(ruleset: Ruleset, { name, rollouts, shadowed }: Setting): object {
  const setting = ruleset.settings.get(name);
  if (setting === undefined) throw new Error(`there is no ${name}`);
  const filters = FEATURES.map((feature) => ({
    kind: 'by-feature' as const,
    features: new Map<string, '*' | ReadonlySet<string>>([
      ...FEATURES.map((one) => [one, '*'] as const),
      [feature, new Set(['x'])],
    ]),
  }));
  const texts = [{ kind: 'everything' as const }, ...filters].map((filter) => {
    const parts: string[] = [];
    addText(parts, admittedRules(ruleset, filter)(setting));
    return parts.join('');
  });
  return { texts, shadowed, conditions: rollouts.map(({ conditions }) => conditions) };
}

const contents = (ruleset: Ruleset): readonly object[] =>
  [...ruleset.settings.values()].map((setting) => contentsOf(ruleset, setting));

const order = fc.shuffledSubarray([...FEATURES, 'e'], { minLength: 5, maxLength: 5 });

it('with another order of features it is as it is loaded with that order', () => {
  fc.assert(
    fc.property(
      fc.array(asked, { maxLength: 30 }),
      fc.array(asked, { maxLength: 3 }),
      order,
      order,
      (rules, soft, from, to) => {
        const reordered = atOnce(withFeatures(loaded(rules, soft, from), to));
        expect([...reordered.features]).toEqual(to);
        expect(contents(reordered)).toEqual(contents(loaded(rules, soft, to)));
      },
    ),
  );
});

it('settings are replaced where features that they use changed places, and are the same objects elsewhere', () => {
  const rules: readonly Record<string, string>[] = [{ a: 'x' }, { c: 'x', d: 'x' }, { b: 'x' }, { c: 'x' }];
  const before = loaded(rules, [], FEATURES);
  const isSame = (features: readonly string[]): readonly boolean[] => {
    const after = atOnce(withFeatures(before, features));
    return NAMES.map((name) => after.settings.get(name) === before.settings.get(name));
  };
  // s has rules with a and with b, t with c and d.
  expect(isSame(['a', 'b', 'new', 'c', 'd', 'newer'])).toEqual([true, true]);
  expect(isSame(['b', 'a', 'c', 'd'])).toEqual([false, true]);
  expect(isSame(['a', 'b', 'd', 'c'])).toEqual([true, false]);
  expect(isSame(['c', 'd', 'a', 'b'])).toEqual([true, true]);
});

import {
  type Alternatives,
  alternativesIn,
  flagMetadataOf,
  flagReasonOf,
  flagVariantOf,
  readFlagContext,
} from './openfeature.js';

describe('the context of', () => {
  it.each<[given: Record<string, unknown>, targeting: string | undefined, context: Record<string, string>]>([
    [{}, 'user', {}],
    [{ user: 'u', theme: 'a b|c' }, undefined, { user: 'u', theme: 'a b|c' }],
    [{ a: 1, b: -2.5, c: true, d: false, e: -0 }, undefined, { a: '1', b: '-2.5', c: 'true', d: 'false', e: '0' }],
    [{ a: null, b: [1], c: { x: 1 }, d: '', e: Infinity, f: undefined }, undefined, {}],
    [{ a: new Date(0), b: new Date(NaN) }, undefined, { a: '1970-01-01T00:00:00.000Z' }],
    [{ targetingKey: 't', theme: 'dark' }, 'user', { user: 't', theme: 'dark', targetingKey: 't' }],
    [{ targetingKey: 't' }, undefined, { targetingKey: 't' }],
    [{ user: 'u', targetingKey: 't' }, 'user', { user: 'u', targetingKey: 't' }],
    [{ user: null, targetingKey: 't' }, 'user', { user: 't', targetingKey: 't' }],
    [{ a: 'x'.repeat(255), b: '😀'.repeat(255) }, undefined, { a: 'x'.repeat(255), b: '😀'.repeat(255) }],
    [{ a: 'x'.repeat(256), b: '😀'.repeat(256) }, undefined, {}],
  ])('%j, the targeting key standing for %s', (given, targeting, context) => {
    expect(Object.fromEntries(readFlagContext(given, targeting))).toEqual(context);
  });

  it('numbers that JavaScript rounded are their digits, where these are known', () => {
    const given = { targetingKey: 2 ** 63, a: 2 ** 60, b: 5 };
    const digitsOf = (name: string) => (name === 'targetingKey' ? '9223372036854775807' : undefined);
    expect(Object.fromEntries(readFlagContext(given, 'user', digitsOf))).toEqual({
      user: '9223372036854775807',
      targetingKey: '9223372036854775807',
      a: '1152921504606847000',
      b: '5',
    });
  });
});

it.each<[hasRules: boolean, enabled: readonly boolean[], alternatives: Alternatives]>([
  [false, [], 'none'],
  [false, [false, false], 'disabled'],
  [false, [false, true], 'some'],
  [true, [], 'some'],
  [true, [false], 'some'],
])('rules: %s and rollouts enabled %j leave alternatives: %s', (hasRules, enabled, alternatives) => {
  const rollouts = enabled.map((isEnabled) => ({ enabled: isEnabled }));
  expect(alternativesIn(hasRules, rollouts)).toBe(alternatives);
});

const byRollout = (by: 'member' | 'pattern' | 'percentage', variant?: string) =>
  ({ reason: 'ROLLOUT', rolloutId: 3, by, ...(variant !== undefined && { variant }) }) as const;

it.each([
  ['STATIC', 'default', {}, { reason: 'DEFAULT' }, 'none'],
  ['DISABLED', 'default', {}, { reason: 'DEFAULT' }, 'disabled'],
  ['DEFAULT', 'default', {}, { reason: 'DEFAULT' }, 'some'],
  ['TARGETING_MATCH', 'rule-7', { rule_id: 7 }, { reason: 'RULE', ruleId: 7 }, 'some'],
  ['TARGETING_MATCH', 'rollout-3', { rollout_id: 3 }, byRollout('member'), 'some'],
  ['TARGETING_MATCH', 'rollout-3', { rollout_id: 3 }, byRollout('pattern'), 'some'],
  ['SPLIT', 'rollout-3', { rollout_id: 3 }, byRollout('percentage'), 'some'],
  ['SPLIT', 'blue', { rollout_id: 3 }, byRollout('percentage', 'blue'), 'some'],
  ['SPLIT', 'blue', { rollout_id: 3 }, byRollout('member', 'blue'), 'some'],
] as const)('%s with the variant %s (%#)', (reason, variant, metadata, decision, alternatives) => {
  expect(flagReasonOf(decision, alternatives)).toBe(reason);
  expect(flagVariantOf(decision)).toBe(variant);
  expect(flagMetadataOf(decision)).toEqual(metadata);
});

import fc from 'fast-check';
import { type EvaluableRule } from './candidate.js';
import { atOnce } from './in-steps.js';
import { jsonText } from './json.js';
import { findSimilarValues } from './lint-similar.js';
import { type Members } from './matcher.js';
import { type Rollout } from './rollout.js';

const ruleOf = (id: number, conditions: Readonly<Record<string, string>>): EvaluableRule => ({
  id,
  conditions: Object.entries(conditions),
  value: jsonText('1'),
});

const rolloutOf = (
  id: number,
  members: Members | null,
  conditions: Readonly<Record<string, string>> = {},
): Rollout => ({
  id,
  feature: 'user',
  conditions: Object.entries(conditions),
  enabled: true,
  share: { kind: 'fixed', thousandths: 0 },
  members,
  pattern: undefined,
  outcome: { kind: 'value', value: jsonText('1') },
  hash: 'murmur3',
  salt: 's',
});

const find = (rules: readonly EvaluableRule[], rollouts: readonly Rollout[] = []) =>
  atOnce(findSimilarValues({ features: ['account', 'user'], defaultValue: jsonText('0'), rules, rollouts }));

const usersOf = (values: readonly string[]) => values.map((user, index) => ruleOf(index + 1, { user }));

it.each([
  ['ann', 'Ann', 'case'],
  ['straße', 'STRASSE', 'case'],
  ['ΣΟΦΟΣ', 'σοφος', 'case'],
  ['\u00fc', 'u\u0308', 'Unicode normalisation'],
  ['\u212b', '\u00c5', 'case'],
  ['Ａ１', 'A1', 'Unicode normalisation'],
  ['\u00dc', 'u\u0308', 'case and Unicode normalisation'],
  ['क\u093c', '\u0958', 'Unicode normalisation'],
])('%s and %s differ by %s alone', (a, b, difference) => {
  const [found, ...others] = find(usersOf([a, b]));
  expect(others).toEqual([]);
  expect(found).toMatchObject({ kind: 'similar-values', rolloutIds: [] });
  expect([...(found?.ruleIds ?? [])].sort()).toEqual([1, 2]);
  expect(found?.message).toContain(`are different values of user, but differ by ${difference} alone: rule `);
});

it.each([
  ['ann', 'anne'],
  ['é', 'e'],
  ['หน', 'ห\u0e48น'],
  ['1', 'l'],
  ['a_b', 'a-b'],
])('%s and %s differ by more', (a, b) => {
  expect(find(usersOf([a, b]))).toEqual([]);
});

it('values of members and of conditions of rules and rollouts are compared, of each feature apart', () => {
  const rules = [ruleOf(1, { user: 'ann', account: 'JIM' }), ruleOf(2, { account: 'Ann' }), ruleOf(3, { user: 'ann' })];
  const rollouts = [rolloutOf(7, new Set(['bob', 'ANN', 'BOB'])), rolloutOf(8, null, { account: 'jim' })];
  expect(find(rules, rollouts)).toEqual([
    {
      ...{ kind: 'similar-values', about: { kind: 'rule', id: 1 }, ruleIds: [1], rolloutIds: [8] },
      message: '"JIM", "jim" are different values of account, but differ by case alone: rule 1, rollout 8',
    },
    {
      ...{ kind: 'similar-values', about: { kind: 'rollout', id: 7 }, ruleIds: [1], rolloutIds: [7] },
      message: '"ANN", "ann" are different values of user, but differ by case alone: rollout 7, rule 1',
    },
    {
      ...{ kind: 'similar-values', about: { kind: 'rollout', id: 7 }, ruleIds: [], rolloutIds: [7] },
      message: '"BOB", "bob" are different values of user, but differ by case alone: rollout 7',
    },
  ]);
});

it('of many similar values some are shown, with combining marks as escapes', () => {
  const [found] = find(usersOf(['\u00fcx', 'u\u0308x', 'U\u0308X', '\u00dcX', 'U\u0308x', 'u\u0308X']));
  expect(found?.message).toContain('"u\\u{308}x"');
  expect(found?.message).toContain(' and 1 more are different values');
});

it('finds a pair just where the values differ and their folded texts do not', () => {
  const letters = fc.constantFrom('a', 'A', 'ü', 'u\u0308', 'Ü', '\u0308', 'ß', 'ss', '1');
  const values = fc.array(letters, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
  const fold = (text: string) => text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
  fc.assert(
    fc.property(values, values, (a, b) => {
      expect(find(usersOf([a, b])).length > 0).toBe(a !== b && fold(a) === fold(b));
    }),
  );
});

describe('of very many values', () => {
  const plain = Array.from({ length: 1_000_000 }, (_, index) => `user-${index}@example.com`);

  it('a million members are looked at', () => {
    const members = new Set(plain);
    expect(find([ruleOf(1, { user: 'User-7@example.com' })], [rolloutOf(1, members)])).toHaveLength(1);
  });

  it('more than a hundred thousand with upper-case letters are not, and that is reported', () => {
    const upper = plain.slice(0, 100_001).map((value) => value.toUpperCase());
    expect(find([], [rolloutOf(1, new Set(upper.slice(1)))])).toEqual([]);
    expect(find([], [rolloutOf(1, new Set(upper))])).toMatchObject([{ kind: 'not-checked', about: null }]);
  });
});

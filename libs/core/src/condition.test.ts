import fc from 'fast-check';
import {
  type Condition,
  conditionOn,
  describeConditions,
  describeFailure,
  filterOf,
  admits,
  firstFailing,
  formatConditions,
  holds,
  keyOf,
  leastContext,
  parseCondition,
  readConditions,
} from './condition.js';
import { parseFeatureValues } from './context-filter.js';
import { HeksherError } from './errors.js';
import { parseJson } from './json-parser.js';

const feature = fc.constantFrom('account', 'user', 'theme', '__proto__');
const value = fc.constantFrom('x', 'y', 'z');
const conditions = fc
  .uniqueArray(fc.tuple(feature, value), { selector: ([name]) => name })
  .map((list): readonly Condition[] => list);
const context = fc.dictionary(feature, value).map((record) => new Map(Object.entries(record)));

const USER: Condition = ['user', 'guest'];

it.each([
  [{ user: 'guest' }, true],
  [{ user: 'Guest' }, false],
  [{ theme: 'guest' }, false],
  [{}, false],
])('user = guest in %j holds: %s', (known, answer) => {
  expect(holds(USER, new Map(Object.entries(known)))).toBe(answer);
});

it('all conditions hold in the least context, and not in one that lacks any of it', () => {
  fc.assert(
    fc.property(conditions, (list) => {
      const least = leastContext(list);
      expect(firstFailing(list, least)).toBeUndefined();
      for (const condition of list) {
        const known = new Map(least);
        known.delete(condition[0]);
        expect(firstFailing(list, known)).toBe(condition);
        expect(conditionOn(list, condition[0])).toBe(condition);
      }
    }),
  );
});

it('the filter of a context admits what holds in it, and nothing else', () => {
  fc.assert(
    fc.property(conditions, context, (list, known) => {
      expect(admits(filterOf(known), list)).toBe(firstFailing(list, known) === undefined);
    }),
  );
});

it('keys are equal just for equal sets of conditions', () => {
  const sorted = (list: readonly Condition[]) => list.map(([name, text]) => `${name}=${text}`).sort();
  fc.assert(
    fc.property(conditions, conditions, (a, b) => {
      expect(keyOf(a.toReversed())).toBe(keyOf(a));
      expect(keyOf(a) === keyOf(b)).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
    }),
  );
});

it('texts of conditions are read back', () => {
  const list: readonly Condition[] = [USER, ['theme', 'dark']];
  expect(formatConditions(list)).toBe('user:guest,theme:dark');
  expect([...parseFeatureValues(formatConditions(list))]).toEqual(list);
  expect(readConditions(JSON.parse(JSON.stringify(list)))).toEqual(list);
  expect(describeConditions(list)).toBe('user is "guest" and theme is "dark"');
});

it.each([
  [{}, 'user is unknown, but must be "guest"'],
  [{ user: 'ann' }, 'user is "ann", not "guest"'],
])('where it fails in %j, it says that %s', (known, why) => {
  expect(describeFailure(USER, new Map(Object.entries(known)))).toBe(why);
});

it.each([
  ['"guest"', 'guest'],
  ['5', '5'],
  ['1.50', '1.5'],
  ['true', 'true'],
  ['null', undefined],
  ['["x"]', undefined],
  ['""', undefined],
  ['"a b"', undefined],
])('%s in a body asks for the value %s', (text, value) => {
  expect(parseCondition('user', parseJson(text))).toEqual(value === undefined ? undefined : ['user', value]);
});

it.each([null, {}, [1], [['user']], [['user', 5]], [[1, 'x']]])('%j are no conditions of an answer', (given) => {
  expect(() => readConditions(given)).toThrow(HeksherError);
});

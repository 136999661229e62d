import { type Condition, type Context, featureOf, valueOf } from '@heksher/core';

/** A feature must be known, whatever its value. */
export const KNOWN = Symbol('known');

/** What a feature must be: this value, or known. */
export type Test = string | typeof KNOWN;

/** A set of contexts, by the features tested: those that pass all tests. An absent one admits any value, and none. */
export type Cube = ReadonlyMap<string, Test>;

/** Where the conditions hold, and the `unit` feature, where given, is known. */
export function cubeOf(conditions: readonly Condition[], unit?: string): Cube {
  const cube = new Map<string, Test>(conditions.map((one) => [featureOf(one), valueOf(one)]));
  if (unit !== undefined && !cube.has(unit)) cube.set(unit, KNOWN);
  return cube;
}

/** What two sets have in common; undefined: nothing. */
export function meet(a: Cube, b: Cube): Cube | undefined {
  const common = new Map(a);
  for (const [feature, test] of b) {
    const other = common.get(feature);
    if (other === undefined || other === KNOWN) common.set(feature, test);
    else if (test !== KNOWN && test !== other) return undefined;
  }
  return common;
}

/**
 * Whether a set is part of another. One that is part of none of several is not part of all of these together either: there
 * are values that none of them names.
 */
export function isWithin(inner: Cube, outer: Cube): boolean {
  for (const [feature, test] of outer) if (!implies(inner.get(feature), test)) return false;
  return true;
}

/** The tests of a set that another does not imply. */
export function beyond(cube: Cube, base: Cube): Cube {
  return new Map([...cube].filter(([feature, test]) => !implies(base.get(feature), test)));
}

export function hasContext(cube: Cube, context: Context): boolean {
  for (const [feature, test] of cube) if (!implies(context.get(feature), test)) return false;
  return true;
}

/** The values that are fixed. */
export function fixedIn(cube: Cube): ReadonlyMap<string, string> {
  const fixed = new Map<string, string>();
  for (const [feature, test] of cube) if (test !== KNOWN) fixed.set(feature, test);
  return fixed;
}

/** Equal for equal sets, and for no others. */
export function cubeKey(cube: Cube): string {
  const tests = Array.from(cube, ([feature, test]) => (test === KNOWN ? [feature] : [feature, test]));
  return JSON.stringify(tests.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
}

function implies(given: Test | undefined, wanted: Test): boolean {
  return given !== undefined && (wanted === KNOWN || given === wanted);
}

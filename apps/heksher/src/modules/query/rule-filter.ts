import { type ContextFilter } from '@heksher/core';
import { keyOf, type Rule, type Setting } from './ruleset.js';

/** The rules of a setting that have conditions on the same features: a filter without one of these leaves all of them out. */
type Shape = Readonly<{ features: readonly string[]; rules: readonly Rule[] }>;

type Admitted = '*' | ReadonlySet<string>;

/** What only filters need is made when a setting is first filtered, and lives as long as the setting does. */
const shapes = new WeakMap<Setting, readonly Shape[]>();
const indices = new WeakMap<Shape, ReadonlyMap<string, Rule>>();

/** The rules of a setting whose every condition the filter admits, by ascending id. */
export function admittedRules(setting: Setting, filter: ContextFilter): readonly Rule[] {
  if (filter.kind === 'everything') return setting.rules;
  const found = shapesOf(setting).map((shape) => admittedOfShape(shape, filter.features));
  const nonEmpty = found.filter(({ length }) => length > 0);
  const [only] = nonEmpty;
  if (only === undefined) return [];
  return nonEmpty.length === 1 ? only : nonEmpty.flat().sort(byId);
}

function byId(a: Rule, b: Rule): number {
  return a.id - b.id;
}

/** Looks up the combinations of admitted values one by one where they are fewer than the rules; else tries each rule. */
function admittedOfShape(shape: Shape, filters: ReadonlyMap<string, Admitted>): readonly Rule[] {
  const admitted: Admitted[] = [];
  let combinations = 1;
  for (const feature of shape.features) {
    const one = filters.get(feature);
    if (one === undefined) return [];
    admitted.push(one);
    combinations *= one === '*' ? Infinity : one.size;
  }
  if (combinations > shape.rules.length) {
    return shape.rules.filter(({ values }) => values.every((value, index) => isAdmitted(admitted[index], value)));
  }
  const index = indexOf(shape);
  const keys = admitted.reduce<readonly string[]>(
    (prefixes, one) =>
      one === '*' ? [] : prefixes.flatMap((prefix) => [...one].map((value) => `${prefix}${value}\0`)),
    [''],
  );
  return keys.flatMap((key) => index.get(key) ?? []).sort(byId);
}

function isAdmitted(admitted: Admitted | undefined, value: string): boolean {
  return admitted === '*' || admitted?.has(value) === true;
}

function shapesOf(setting: Setting): readonly Shape[] {
  const known = shapes.get(setting);
  if (known !== undefined) return known;
  const byFeatures = new Map<string, Rule[]>();
  for (const rule of setting.rules) {
    const key = keyOf(rule.features);
    const group = byFeatures.get(key);
    if (group === undefined) byFeatures.set(key, [rule]);
    else group.push(rule);
  }
  const made = [...byFeatures.values()].map((rules) => ({ features: rules[0]?.features ?? [], rules }));
  shapes.set(setting, made);
  return made;
}

function indexOf(shape: Shape): ReadonlyMap<string, Rule> {
  const known = indices.get(shape);
  if (known !== undefined) return known;
  const made = new Map(shape.rules.map((rule) => [keyOf(rule.values), rule]));
  indices.set(shape, made);
  return made;
}

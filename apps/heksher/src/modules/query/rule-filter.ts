import { type ContextFilter } from '@heksher/core';
import { keyOf, type Rule, type Setting } from './ruleset.js';

/** The rules of a setting that have conditions on the same features: a filter without one of these leaves all of them out. */
type Shape = Readonly<{
  features: readonly string[];
  rules: readonly Rule[];
  /** For each feature the rules by the value they ask of it; made when a filter first names values of that feature. */
  byValue: (ReadonlyMap<string, readonly Rule[]> | undefined)[];
}>;

type Admitted = '*' | ReadonlySet<string>;

/** Up to so many rules are tried one by one, which is quicker than looking them up. */
const FEW = 8;
const NONE: readonly Rule[] = [];

/** What only filters need is made when a setting is first filtered, and lives as long as the setting does. */
const shapes = new WeakMap<Setting, readonly Shape[]>();

/** The rules of a setting whose every condition the filter admits, by ascending id. */
export function admittedRules(setting: Setting, filter: ContextFilter): readonly Rule[] {
  if (filter.kind === 'everything') return setting.rules;
  let found = NONE;
  let isMixed = false;
  for (const shape of shapesOf(setting)) {
    const admitted = admittedOfShape(shape, filter.features);
    if (admitted.length === 0) continue;
    isMixed ||= found.length > 0;
    found = found.length === 0 ? admitted : found.concat(admitted);
  }
  return isMixed ? found.toSorted(byId) : found;
}

function byId(a: Rule, b: Rule): number {
  return a.id - b.id;
}

/** Takes the feature whose admitted values leave the fewest rules, and tries those. */
function admittedOfShape(shape: Shape, filters: ReadonlyMap<string, Admitted>): readonly Rule[] {
  const admitted: Admitted[] = [];
  let isOpen = true;
  for (const feature of shape.features) {
    const one = filters.get(feature);
    if (one === undefined) return NONE;
    if (one !== '*') isOpen = false;
    admitted.push(one);
  }
  if (isOpen) return shape.rules;
  if (shape.rules.length <= FEW) return onlyAdmitted(shape.rules, admitted);
  const lists = fewestCandidates(shape, admitted);
  if (lists.length === 1) return onlyAdmitted(lists[0] ?? NONE, admitted);
  return onlyAdmitted(lists.flat(), admitted).toSorted(byId);
}

function fewestCandidates(shape: Shape, admitted: readonly Admitted[]): readonly (readonly Rule[])[] {
  let fewest: readonly (readonly Rule[])[] = [shape.rules];
  let size = shape.rules.length;
  for (const [position, values] of admitted.entries()) {
    if (values === '*' || values.size > size) continue;
    const byValue = indexOf(shape, position);
    const lists: (readonly Rule[])[] = [];
    let count = 0;
    for (const value of values) {
      const rules = byValue.get(value);
      if (rules === undefined) continue;
      lists.push(rules);
      count += rules.length;
    }
    if (count < size) [fewest, size] = [lists, count];
  }
  return fewest;
}

function onlyAdmitted(rules: readonly Rule[], admitted: readonly Admitted[]): readonly Rule[] {
  const found: Rule[] = [];
  for (const rule of rules) if (isAdmitted(rule, admitted)) found.push(rule);
  return found;
}

function isAdmitted({ values }: Rule, admitted: readonly Admitted[]): boolean {
  for (let position = 0; position < values.length; position += 1) {
    const one = admitted[position];
    if (one !== '*' && !one?.has(values[position] ?? '')) return false;
  }
  return true;
}

function shapesOf(setting: Setting): readonly Shape[] {
  const known = shapes.get(setting);
  if (known !== undefined) return known;
  const groups = groupBy(setting.rules, ({ features }) => keyOf(features));
  const made = Array.from(groups.values(), (rules) => ({ features: rules[0]?.features ?? [], rules, byValue: [] }));
  shapes.set(setting, made);
  return made;
}

function indexOf(shape: Shape, position: number): ReadonlyMap<string, readonly Rule[]> {
  return (shape.byValue[position] ??= groupBy(shape.rules, ({ values }) => values[position] ?? ''));
}

function groupBy(rules: readonly Rule[], keyOfRule: (rule: Rule) => string): ReadonlyMap<string, readonly Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = keyOfRule(rule);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [rule]);
    else group.push(rule);
  }
  return groups;
}

import { type ContextFilter } from '@heksher/core';
import { keyOf, type Rule, type Setting } from './ruleset.js';
import { textHash } from './text-hash.js';

/** The rules of a setting that have conditions on the same features: a filter without one of these leaves all of them out. */
type Shape = Readonly<{
  features: readonly string[];
  rules: readonly Rule[];
  /** For each feature the hashes of the values that the rules ask of it, one beside the other; made when first needed. */
  hashes: (Uint32Array | undefined)[];
  /** For each feature the rules by the value they ask of it; made when first needed. */
  byValue: (ReadonlyMap<string, readonly Rule[]> | undefined)[];
}>;

type Demand = Readonly<{
  position: number;
  values: readonly string[];
  hashes: readonly number[];
  isMetBy: ReadonlySet<string>;
}>;

/** What a filter says of a list of features: the values it admits at the positions where it does not admit all. */
type Demands = readonly Demand[];

const NONE: readonly Rule[] = [];
/** Up to so many comparisons of hashes are quicker than looking rules up by their values. */
const FEW = 2_048;

/** What only filters need is made when a setting is first filtered, and lives as long as the setting does. */
const shapes = new WeakMap<Setting, readonly Shape[]>();

/** Prepares a filter for many settings: gives of each the rules whose every condition is admitted, by ascending id. */
export function ruleFilter(filter: ContextFilter): (setting: Setting) => readonly Rule[] {
  if (filter.kind === 'everything') return ({ rules }) => rules;
  // Settings that were loaded together share their lists of features, so that few demands serve many of them.
  const known = new Map<readonly string[], Demands | undefined>();
  const demandsOn = (features: readonly string[]): Demands | undefined => {
    const demands = known.get(features);
    if (demands !== undefined || known.has(features)) return demands;
    const made = makeDemands(filter.features, features);
    known.set(features, made);
    return made;
  };
  return (setting) => {
    let found = NONE;
    let isMixed = false;
    for (const shape of shapesOf(setting)) {
      const demands = demandsOn(shape.features);
      if (demands === undefined) continue;
      const admitted = admittedOfShape(shape, demands);
      if (admitted.length === 0) continue;
      isMixed ||= found.length > 0;
      found = found.length === 0 ? admitted : found.concat(admitted);
    }
    return isMixed ? found.toSorted(byId) : found;
  };
}

function byId(a: Rule, b: Rule): number {
  return a.id - b.id;
}

/** Undefined where the filter does not name one of the features. */
function makeDemands(
  filters: ReadonlyMap<string, '*' | ReadonlySet<string>>,
  features: readonly string[],
): Demands | undefined {
  const demands: Demand[] = [];
  for (const [position, feature] of features.entries()) {
    const isMetBy = filters.get(feature);
    if (isMetBy === undefined) return undefined;
    if (isMetBy === '*') continue;
    const values = [...isMetBy];
    demands.push({ position, values, hashes: values.map(textHash), isMetBy });
  }
  return demands;
}

function admittedOfShape(shape: Shape, demands: Demands): readonly Rule[] {
  const [first] = demands;
  if (first === undefined) return shape.rules;
  if (shape.rules.length * first.hashes.length <= FEW) return scan(shape, first, demands);
  return lookUp(shape, demands);
}

/** Compares hashes, which lie side by side, and looks closer at the rules whose hash is among the admitted. */
function scan(shape: Shape, { position, hashes }: Demand, demands: Demands): readonly Rule[] {
  const found: Rule[] = [];
  const own = hashesOf(shape, position);
  for (let index = 0; index < own.length; index += 1) {
    if (!hashes.includes(own[index] ?? 0)) continue;
    const rule = shape.rules[index];
    if (rule !== undefined && meets(rule, demands)) found.push(rule);
  }
  return found;
}

/** Looks up the rules that meet the demand which the fewest meet, and tries these. */
function lookUp(shape: Shape, demands: Demands): readonly Rule[] {
  let fewest: readonly (readonly Rule[])[] = [shape.rules];
  let size = shape.rules.length;
  for (const { position, values } of demands) {
    if (values.length > size) continue;
    const lists = listsOf(indexOf(shape, position), values);
    const count = lists.reduce((sum, list) => sum + list.length, 0);
    if (count < size) [fewest, size] = [lists, count];
  }
  const admitted: Rule[] = [];
  for (const list of fewest) for (const rule of list) if (meets(rule, demands)) admitted.push(rule);
  return fewest.length > 1 ? admitted.sort(byId) : admitted;
}

function listsOf(index: ReadonlyMap<string, readonly Rule[]>, values: readonly string[]): readonly (readonly Rule[])[] {
  const lists: (readonly Rule[])[] = [];
  for (const value of values) {
    const rules = index.get(value);
    if (rules !== undefined) lists.push(rules);
  }
  return lists;
}

function meets({ values }: Rule, demands: Demands): boolean {
  for (const { position, isMetBy } of demands) if (!isMetBy.has(values[position] ?? '')) return false;
  return true;
}

function shapesOf(setting: Setting): readonly Shape[] {
  const known = shapes.get(setting);
  if (known !== undefined) return known;
  const groups = groupBy(setting.rules, ({ features }) => keyOf(features));
  const made = Array.from(groups.values(), (rules) => ({
    features: rules[0]?.features ?? [],
    rules,
    hashes: [],
    byValue: [],
  }));
  shapes.set(setting, made);
  return made;
}

function hashesOf(shape: Shape, position: number): Uint32Array {
  return (shape.hashes[position] ??= Uint32Array.from(shape.rules, ({ values }) => textHash(values[position] ?? '')));
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

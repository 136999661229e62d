import { type ContextFilter } from '@heksher/core';
import { firstGroup, GROUP_HEAD, type RuleNumbers } from './rule-numbers.js';
import { type RuleTable } from './rule-table.js';
import { type Vocabulary } from './vocabulary.js';

/** The values, by their numbers, that a filter admits of one feature. */
type Admitted = Readonly<{ numbers: readonly number[]; has: (number: number) => boolean; sieve: Uint8Array }>;

/** What a filter asks of one feature of a list: `column` says which column of a group it is about, the rows being 0. */
type Demand = Readonly<{ column: number; admitted: Admitted }>;

/** What a filter asks of the rules with conditions on a list of features. */
type Demands = Readonly<{
  /** How many columns a group of these rules has, the rows included. */
  columns: number;
  /** Whether one of the features is not admitted at all. */
  isHopeless: boolean;
  /** None: all of these rules are admitted. */
  first: Demand | undefined;
  others: readonly Demand[];
}>;

/** The places in a table of the rules that are admitted, ascending; 'all' where each is. */
export type AdmittedRows = readonly number[] | 'all';

/** `few`: groups up to this size are scanned; `patience`: how often larger ones are scanned before an index is made. */
type Limits = Readonly<{ few: number; patience: number }>;

/**
 * Scanning adjacent numbers beats a lookup in small groups. An index costs as much as a hundred scans, so that a table that
 * may soon be replaced has none. See `many-rules` in docs/benchmarks.md.
 */
const LIMITS: Limits = { few: 2_048, patience: 100 };

/** Prepares a filter for many tables whose values `vocabulary` numbers: gives the rules whose every condition is admitted. */
export function ruleFilter(
  filter: ContextFilter,
  vocabulary: Vocabulary,
  limits = LIMITS,
): (table: RuleTable) => AdmittedRows {
  if (filter.kind === 'everything') return () => 'all';
  const features = new Map<string, Admitted | '*'>();
  for (const [name, values] of filter.features) {
    features.set(name, values === '*' ? '*' : admittedNumbers(values, vocabulary));
  }
  /** By the numbers of the lists. */
  const known: (Demands | undefined)[] = [];
  return ({ numbers }) => {
    const rows: number[] = [];
    let groupsWithRows = 0;
    for (let at = firstGroup(numbers); at < numbers.length;) {
      const list = numbers[at] ?? 0;
      const demands = (known[list] ??= makeDemands(features, vocabulary.featuresOf(list)));
      const before = rows.length;
      if (!demands.isHopeless) addRows(rows, numbers, at, demands, limits);
      if (rows.length > before) groupsWithRows += 1;
      at += GROUP_HEAD + demands.columns * (numbers[at + 1] ?? 0);
    }
    return groupsWithRows > 1 ? sorted(rows) : rows;
  };
}

function admittedNumbers(values: ReadonlySet<string>, vocabulary: Vocabulary): Admitted {
  const numbers: number[] = [];
  const sieve = new Uint8Array(SIEVE);
  for (const value of values) {
    const number = vocabulary.numberOf(value);
    if (number === undefined) continue;
    numbers.push(number);
    sieve[number & (SIEVE - 1)] = 1;
  }
  if (numbers.length <= 8) return { numbers, has: (number) => numbers.includes(number), sieve };
  const set = new Set(numbers);
  return { numbers, has: (number) => set.has(number), sieve };
}

/** Size of the prefilter, a power of two: a number whose remainder no admitted number has is skipped at once. */
const SIEVE = 64;

function makeDemands(filtered: ReadonlyMap<string, Admitted | '*'>, features: readonly string[]): Demands {
  const demands: Demand[] = [];
  let isHopeless = false;
  for (const [index, feature] of features.entries()) {
    const admitted = filtered.get(feature);
    if (admitted === '*') continue;
    if (admitted === undefined || admitted.numbers.length === 0) isHopeless = true;
    else demands.push({ column: index + 1, admitted });
  }
  const [first, ...others] = demands;
  return { columns: features.length + 1, isHopeless, first, others };
}

/** Adds the rows of the group at `group` that meet the demands, ascending. */
function addRows(
  rows: number[],
  numbers: RuleNumbers,
  group: number,
  { first, others }: Demands,
  { few, patience }: Limits,
): void {
  const count = numbers[group + 1] ?? 0;
  const from = group + GROUP_HEAD;
  if (first === undefined) for (let at = from; at < from + count; at += 1) rows.push(numbers[at] ?? 0);
  else if (count <= few || !isWorthAnIndex(numbers, patience)) scan(rows, numbers, from, count, first, others);
  else lookUp(rows, numbers, from, count, [first, ...others]);
}

function scan(
  rows: number[],
  numbers: RuleNumbers,
  from: number,
  count: number,
  { column, admitted }: Demand,
  others: readonly Demand[],
): void {
  const { sieve } = admitted;
  const start = from + column * count;
  for (let place = 0; place < count; place += 1) {
    const number = numbers[start + place] ?? 0;
    if (sieve[number & (SIEVE - 1)] === 0) continue;
    if (admitted.has(number) && meets(numbers, from, count, place, others)) rows.push(numbers[from + place] ?? 0);
  }
}

/** Looks up the rules by the most selective demand, and tests the others on them. */
function lookUp(rows: number[], numbers: RuleNumbers, from: number, count: number, demands: readonly Demand[]): void {
  let fewest: readonly (readonly number[])[] | undefined;
  let least = count;
  for (const { column, admitted } of demands) {
    if (admitted.numbers.length > least) continue;
    const index = indexOf(numbers, from + column * count, count);
    const lists = admitted.numbers.map((number) => index.get(number) ?? []);
    const found = lists.reduce((sum, list) => sum + list.length, 0);
    if (found < least) [fewest, least] = [lists, found];
  }
  const places = fewest === undefined ? Array(count).keys() : sorted(fewest.flat());
  for (const place of places) {
    if (meets(numbers, from, count, place, demands)) rows.push(numbers[from + place] ?? 0);
  }
}

function meets(numbers: RuleNumbers, from: number, count: number, place: number, demands: readonly Demand[]): boolean {
  for (const { column, admitted } of demands) {
    if (!admitted.has(numbers[from + column * count + place] ?? 0)) return false;
  }
  return true;
}

/** Insertion sort for few, mostly ascending numbers: of ten, 5 times as fast as `Array.sort` (Node 20). */
function sorted(numbers: number[]): readonly number[] {
  if (numbers.length > 32) return numbers.sort((a, b) => a - b);
  for (let end = 1; end < numbers.length; end += 1) {
    const number = numbers[end] ?? 0;
    let place = end;
    for (; place > 0 && (numbers[place - 1] ?? 0) > number; place -= 1) numbers[place] = numbers[place - 1] ?? 0;
    numbers[place] = number;
  }
  return numbers;
}

type Index = ReadonlyMap<number, readonly number[]>;

/** `missed` counts scans without an index; `byColumn` has the index of each column by its offset. */
type Indexes = { missed: number; readonly byColumn: Map<number, Index> };

const indexes = new WeakMap<RuleNumbers, Indexes>();

function indexesOf(numbers: RuleNumbers): Indexes {
  const known = indexes.get(numbers);
  if (known !== undefined) return known;
  const made = { missed: 0, byColumn: new Map<number, Index>() };
  indexes.set(numbers, made);
  return made;
}

function isWorthAnIndex(numbers: RuleNumbers, patience: number): boolean {
  const ofTable = indexesOf(numbers);
  if (ofTable.missed >= patience) return true;
  ofTable.missed += 1;
  return false;
}

function indexOf(numbers: RuleNumbers, start: number, count: number): Index {
  const { byColumn } = indexesOf(numbers);
  const known = byColumn.get(start);
  if (known !== undefined) return known;
  const index = makeIndex(numbers.subarray(start, start + count));
  byColumn.set(start, index);
  return index;
}

function makeIndex(column: Int32Array): Index {
  const index = new Map<number, number[]>();
  for (const [place, number] of column.entries()) {
    const places = index.get(number);
    if (places === undefined) index.set(number, [place]);
    else places.push(place);
  }
  return index;
}

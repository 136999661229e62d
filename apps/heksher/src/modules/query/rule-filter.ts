import { type ContextFilter } from '@heksher/core';
import { type RuleTable, type Shape } from './rule-table.js';
import { type Vocabulary } from './vocabulary.js';

/** The values, by their numbers, that a filter admits of one feature. */
type Admitted = Readonly<{ numbers: readonly number[]; has: (number: number) => boolean; sieve: Uint8Array }>;

/** What a filter asks of one feature of a shape. */
type Demand = Readonly<{ position: number; admitted: Admitted }>;

/** What a filter asks of a list of features: undefined where it admits all their values, 'none' where no rule with them. */
type Demands = Readonly<{ first: Demand; others: readonly Demand[] }> | undefined | 'none';

/** The places in a table of the rules that are admitted, ascending; 'all' where each is. */
export type AdmittedRows = readonly number[] | 'all';

/** Up to so many numbers that lie side by side are compared quicker than rules are looked up by their values. */
const FEW = 2_048;

/**
 * Prepares a filter for many tables whose values `vocabulary` numbers: gives the rules whose every condition is admitted.
 * @param few up to how many rules of a shape are looked at one by one
 */
export function ruleFilter(
  filter: ContextFilter,
  vocabulary: Vocabulary,
  few = FEW,
): (table: RuleTable) => AdmittedRows {
  if (filter.kind === 'everything') return () => 'all';
  const features = new Map<string, Admitted | '*'>();
  for (const [name, values] of filter.features) {
    features.set(name, values === '*' ? '*' : admittedNumbers(values, vocabulary));
  }
  // The tables of a vocabulary share their lists of features, so that few demands serve many of them.
  const known = new Map<readonly string[], Demands>();
  const demandsOn = (list: readonly string[]): Demands => {
    const demands = known.get(list);
    if (demands !== undefined || known.has(list)) return demands;
    const made = makeDemands(features, list);
    known.set(list, made);
    return made;
  };
  return ({ shapes }) => {
    const rows: number[] = [];
    let shapesWithRows = 0;
    for (const shape of shapes) {
      const demands = demandsOn(shape.features);
      if (demands === 'none') continue;
      const before = rows.length;
      addRows(rows, shape, demands, few);
      if (rows.length > before) shapesWithRows += 1;
    }
    return shapesWithRows > 1 ? sorted(rows) : rows;
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

/** A power of two. Numbers that no admitted one shares its remainder with fall through at once. */
const SIEVE = 64;

function makeDemands(filtered: ReadonlyMap<string, Admitted | '*'>, features: readonly string[]): Demands {
  const demands: Demand[] = [];
  for (const [position, feature] of features.entries()) {
    const admitted = filtered.get(feature);
    if (admitted === undefined) return 'none';
    if (admitted === '*') continue;
    if (admitted.numbers.length === 0) return 'none';
    demands.push({ position, admitted });
  }
  const [first, ...others] = demands;
  return first && { first, others };
}

function addRows(rows: number[], shape: Shape, demands: Exclude<Demands, 'none'>, few: number): void {
  if (demands === undefined) for (const row of shape.rows) rows.push(row);
  else if (shape.rows.length <= few) scan(rows, shape, demands.first, demands.others);
  else lookUp(rows, shape, [demands.first, ...demands.others]);
}

function scan(rows: number[], shape: Shape, { position, admitted }: Demand, others: readonly Demand[]): void {
  const column = shape.columns[position] ?? NO_NUMBERS;
  const { sieve } = admitted;
  for (let place = 0; place < column.length; place += 1) {
    const number = column[place] ?? 0;
    if (sieve[number & (SIEVE - 1)] === 0) continue;
    if (admitted.has(number) && meets(shape, place, others)) rows.push(shape.rows[place] ?? 0);
  }
}

const NO_NUMBERS = new Int32Array();

/** Looks up the rules that meet the demand which the fewest meet, and tries these. */
function lookUp(rows: number[], shape: Shape, demands: readonly Demand[]): void {
  let fewest: readonly (readonly number[])[] | undefined;
  let least = shape.rows.length;
  for (const { position, admitted } of demands) {
    if (admitted.numbers.length > least) continue;
    const lists = placesOf(shape, position, admitted.numbers);
    const count = lists.reduce((sum, list) => sum + list.length, 0);
    if (count < least) [fewest, least] = [lists, count];
  }
  const places = fewest === undefined ? shape.rows.keys() : sorted(fewest.flat());
  for (const place of places) if (meets(shape, place, demands)) rows.push(shape.rows[place] ?? 0);
}

function placesOf(shape: Shape, position: number, numbers: readonly number[]): readonly (readonly number[])[] {
  const index = indexOf(shape, position);
  const lists: (readonly number[])[] = [];
  for (const number of numbers) {
    const places = index.get(number);
    if (places !== undefined) lists.push(places);
  }
  return lists;
}

function meets({ columns }: Shape, place: number, demands: readonly Demand[]): boolean {
  for (const { position, admitted } of demands) if (!admitted.has(columns[position]?.[place] ?? 0)) return false;
  return true;
}

function sorted(numbers: number[]): readonly number[] {
  return numbers.sort((a, b) => a - b);
}

type Index = ReadonlyMap<number, readonly number[]>;

/** For each feature of a shape the places of its rules by the value asked for: made when needed, gone with the shape. */
const indexes = new WeakMap<Shape, (Index | undefined)[]>();

function indexOf(shape: Shape, position: number): Index {
  const known = indexes.get(shape) ?? [];
  indexes.set(shape, known);
  return (known[position] ??= makeIndex(shape.columns[position] ?? NO_NUMBERS));
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

import { type Condition, featureOf, valueOf } from '@heksher/core';
import { type Vocabulary } from './vocabulary.js';

/**
 * What a query reads of the rules of a table, packed into one array: an uncached query is bound by memory access
 * (docs/decisions/rules-as-numbers.md).
 *
 *     rule count n | start of each text (n), end | group | group | …
 *     group: list number | row count m | rows (m), ascending | for each feature of the list: value numbers (m)
 *
 * A group holds the rules with conditions on the same list of features. `Vocabulary` numbers lists and values.
 */
export type RuleNumbers = Int32Array;

/** Where the rows of a group begin, after its two numbers. */
export const GROUP_HEAD = 2;

/** How many rows there are. */
export function rowCount(numbers: RuleNumbers): number {
  return numbers[0] ?? 0;
}

/** Where the text of a row begins. */
export function startOf(numbers: RuleNumbers, row: number): number {
  return numbers[1 + row] ?? 0;
}

/** Where the text of each row begins. */
export function startsOf(numbers: RuleNumbers): Int32Array {
  return numbers.subarray(1, 1 + rowCount(numbers));
}

/** Where the first group begins. */
export function firstGroup(numbers: RuleNumbers): number {
  return 2 + rowCount(numbers);
}

/** An unpacked group: the number of its list of features, its rows, and the numbers of the values of each feature. */
export type Group = Readonly<{ list: number; rows: Int32Array; columns: readonly Int32Array[] }>;

/** Views of the groups; the filter of queries reads the array itself. */
export function* groupsOf(numbers: RuleNumbers, vocabulary: Vocabulary): Generator<Group> {
  for (let at = firstGroup(numbers); at < numbers.length;) {
    const list = numbers[at] ?? 0;
    const { length } = vocabulary.featuresOf(list);
    const count = numbers[at + 1] ?? 0;
    const column = (index: number): Int32Array =>
      numbers.subarray(at + GROUP_HEAD + index * count, at + GROUP_HEAD + (index + 1) * count);
    yield { list, rows: column(0), columns: Array.from({ length }, (_, index) => column(index + 1)) };
    at += GROUP_HEAD + (1 + length) * count;
  }
}

/** @param starts where the text of each row begins, and where one more would */
export function packNumbers(
  starts: ArrayLike<number>,
  groups: readonly Readonly<{ list: number; rows: ArrayLike<number>; columns: readonly ArrayLike<number>[] }>[],
): RuleNumbers {
  const sizes = groups.map(({ rows, columns }) => GROUP_HEAD + rows.length * (1 + columns.length));
  const numbers = new Int32Array(sizes.reduce((sum, size) => sum + size, 1 + starts.length));
  numbers[0] = starts.length - 1;
  numbers.set(starts, 1);
  let at = firstGroup(numbers);
  for (const { list, rows, columns } of groups) {
    numbers.set([list, rows.length], at);
    at += GROUP_HEAD;
    for (const column of [rows, ...columns]) {
      numbers.set(column, at);
      at += column.length;
    }
  }
  return numbers;
}

type GrowingGroup = { rows: number[]; columns: number[][] };

/** Makes the numbers of a table, row by row. */
export class RuleNumbersBuilder {
  private readonly groups = new Map<number, GrowingGroup>();
  private readonly seen = new Set<string>();

  /** Takes what the next row asks for; not (false) where another row asks for the very same. */
  add(list: number, values: readonly number[]): boolean {
    const row = this.seen.size;
    if (row === this.seen.add(`${list}:${values.join()}`).size) return false;
    const group = this.groups.get(list) ?? this.begin(list, values.length);
    group.rows.push(row);
    for (const [index, value] of values.entries()) group.columns[index]?.push(value);
    return true;
  }

  /** @param starts where the text of each row begins, and where one more would */
  build(starts: readonly number[]): RuleNumbers {
    return packNumbers(
      starts,
      Array.from(this.groups, ([list, { rows, columns }]) => ({ list, rows, columns })),
    );
  }

  private begin(list: number, featureCount: number): GrowingGroup {
    const group: GrowingGroup = { rows: [], columns: Array.from({ length: featureCount }, () => []) };
    this.groups.set(list, group);
    return group;
  }
}

/** What a rule asks for: the number of its list of features, and for each feature the number of the value. */
export type NumberedConditions = Readonly<{ list: number; values: readonly number[] }>;

export function numberConditions(conditions: readonly Condition[], vocabulary: Vocabulary): NumberedConditions {
  const list = vocabulary.listNumberFor(conditions.map(featureOf));
  return { list, values: conditions.map((condition) => vocabulary.numberFor(valueOf(condition))) };
}

/** Gives what each row of a table asks for. */
export function conditionsByRow(numbers: RuleNumbers, vocabulary: Vocabulary): (row: number) => NumberedConditions {
  const groups = [...groupsOf(numbers, vocabulary)];
  const groupOf = new Int32Array(rowCount(numbers));
  const placeOf = new Int32Array(rowCount(numbers));
  for (const [index, { rows }] of groups.entries()) {
    for (const [place, row] of rows.entries()) {
      groupOf[row] = index;
      placeOf[row] = place;
    }
  }
  return (row) => {
    const { list = 0, columns = [] } = groups[groupOf[row] ?? 0] ?? {};
    const place = placeOf[row] ?? 0;
    return { list, values: columns.map((column) => column[place] ?? 0) };
  };
}

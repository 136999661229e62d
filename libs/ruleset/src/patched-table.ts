import { forEachInSteps, type InSteps, type JsonText } from '@heksher/core';
import {
  type Group,
  groupsOf,
  numberConditions,
  type NumberedConditions,
  packNumbers,
  startOf,
  startsOf,
} from './rule-numbers.js';
import { placeWith } from './rule-with.js';
import { NO_METADATA, placeOf, type RuleTable, type StoredRule, textOf, writeRule } from './rule-table.js';
import { type Vocabulary } from './vocabulary.js';

/** So many touched rules are always few; of a large table an eighth is. */
const FEW = 1_024;
const SHARE = 8;

/** A rule that is added. */
type AddedRule = NumberedConditions & Readonly<{ rule: StoredRule; text: string; valueEnd: number }>;

/** A patched table is assembled from these, in order: rows of the old one that stay, or an added rule. `at`: its first row now. */
type Piece = Readonly<{ at: number }> & (Readonly<{ from: number; to: number }> | AddedRule);

type PatchedRows = Readonly<{ ids: Int32Array; starts: Int32Array; valueEnds: Int32Array }>;

/**
 * Patches a table: `touched` names the rules of any table that may have changed,
 * `present` are those of this table that exist now, ascending. A patch copies a few arrays and the text; rebuilding the table
 * visits every rule (docs/decisions/rules-as-numbers.md).
 * @returns undefined where too many are touched, or rules with equal conditions would meet: then the table must be rebuilt
 */
export function* patchedTable(
  table: RuleTable,
  touched: ReadonlySet<number>,
  present: readonly StoredRule[],
  vocabulary: Vocabulary,
): InSteps<RuleTable | undefined> {
  if (touched.size > Math.max(FEW, table.ids.length / SHARE)) return undefined;
  const removed = [...touched]
    .sort((a, b) => a - b)
    .flatMap((id) => {
      const row = placeOf(table.ids, id);
      return table.ids[row] === id ? [row] : [];
    });
  const added: AddedRule[] = [];
  yield* forEachInSteps(present, (rule) => void added.push(addedRule(rule, vocabulary)));
  const groups = [...groupsOf(table.numbers, vocabulary)];
  if (new Set(added.map(keyOf)).size < added.length) return undefined;
  if (yield* hasEqual(groups, added, new Set(removed))) return undefined;

  const pieces = piecesOf(table, removed, added);
  const { ids, starts, valueEnds } = yield* patchedRows(
    table,
    pieces,
    table.ids.length - removed.length + added.length,
  );
  // Not joined, which would copy the text for each write: whoever reads it makes it one.
  const text = pieces.reduce((before, piece) => {
    const own = 'rule' in piece ? piece.text : textOf(table, piece.from, piece.to);
    return before === '' ? own : `${before},${own}`;
  }, '');
  yield;
  return {
    ids,
    text,
    numbers: packNumbers(starts, yield* patchedGroups(groups, pieces, added)),
    valueEnds,
    metadata: patchedMetadata(table, removed, added),
  };
}

/** So many rows, of some nanoseconds each, are a step. */
const ROWS_PER_STEP = 16_384;

function* patchedRows(table: RuleTable, pieces: readonly Piece[], size: number): InSteps<PatchedRows> {
  const ids = new Int32Array(size);
  const starts = new Int32Array(size + 1);
  const valueEnds = new Int32Array(size);
  /** The offset of the next piece in the text. */
  let start = 0;
  for (const piece of pieces) {
    const { at } = piece;
    if ('rule' in piece) {
      ids[at] = piece.rule.id;
      starts[at] = start;
      valueEnds[at] = start + piece.valueEnd;
      start += piece.text.length + 1;
    } else {
      const { from, to } = piece;
      const shift = start - startOf(table.numbers, from);
      ids.set(table.ids.subarray(from, to), at);
      yield* copy(startsOf(table.numbers).subarray(from, to), starts, at, shift);
      yield* copy(table.valueEnds.subarray(from, to), valueEnds, at, shift);
      start = startOf(table.numbers, to) + shift;
    }
  }
  starts[size] = start;
  return { ids, starts, valueEnds };
}

/** Copies numbers, each with `shift` added. */
function* copy(numbers: Int32Array, target: Int32Array, at: number, shift: number): InSteps<void> {
  if (shift === 0) {
    target.set(numbers, at);
    return;
  }
  for (let index = 0; index < numbers.length; index += 1) {
    target[at + index] = (numbers[index] ?? 0) + shift;
    if ((index + 1) % ROWS_PER_STEP === 0) yield;
  }
}

function addedRule(rule: StoredRule, vocabulary: Vocabulary): AddedRule {
  const { text, valueEnd } = writeRule(rule);
  const { list, values } = numberConditions(rule.conditions, vocabulary);
  return { list, values, rule, text, valueEnd };
}

function keyOf({ list, values }: AddedRule): string {
  return `${list}:${values.join()}`;
}

/** Of so few added rules each one is looked for by itself. */
const LOOKED_FOR = 4;

/** Whether a row that stays has the conditions of one of the rules. */
function* hasEqual(
  groups: readonly Group[],
  added: readonly AddedRule[],
  removed: ReadonlySet<number>,
): InSteps<boolean> {
  const lists = groupedBy(added, ({ list }) => list);
  for (const { list, rows, columns } of groups) {
    const ofList = lists.get(list);
    if (ofList === undefined) continue;
    const first = columns[0];
    if (first === undefined) {
      if (rows.some((row) => !removed.has(row))) return true;
      continue;
    }
    if (ofList.length <= LOOKED_FOR) {
      // No two rows are equal: there is one at most.
      const places = ofList.map(({ values }) => placeWith(columns, values, rows.length));
      if (places.some((place) => place !== undefined && !removed.has(rows[place] ?? -1))) return true;
      yield;
      continue;
    }
    const byFirst = groupedBy(ofList, ({ values }) => values[0] ?? 0);
    for (let place = 0; place < rows.length; place += 1) {
      if ((place + 1) % ROWS_PER_STEP === 0) yield;
      const candidates = byFirst.get(first[place] ?? 0);
      if (candidates === undefined || removed.has(rows[place] ?? -1)) continue;
      if (candidates.some(({ values }) => columns.every((column, index) => column[place] === values[index])))
        return true;
    }
  }
  return false;
}

/** The kept ranges of rows and the added rules, by ascending id. */
function piecesOf({ ids }: RuleTable, removed: readonly number[], added: readonly AddedRule[]): readonly Piece[] {
  const cuts = [
    ...removed.map((at) => ({ at, id: ids[at] ?? 0, next: at + 1, piece: undefined })),
    ...added.map((piece) => {
      const at = placeOf(ids, piece.rule.id);
      return { at, id: piece.rule.id, next: at, piece };
    }),
  ].sort((a, b) => a.at - b.at || a.id - b.id || a.next - b.next);
  const pieces: Piece[] = [];
  let from = 0;
  let row = 0;
  const keep = (to: number): void => {
    if (to <= from) return;
    pieces.push({ at: row, from, to });
    row += to - from;
  };
  for (const { at, next, piece } of cuts) {
    keep(at);
    if (piece !== undefined) pieces.push({ ...piece, at: row++ });
    from = Math.max(from, next);
  }
  keep(ids.length);
  return pieces;
}

function* patchedGroups(
  groups: readonly Group[],
  pieces: readonly Piece[],
  added: readonly AddedRule[],
): InSteps<readonly Group[]> {
  const lists = groupedBy(added, ({ list }) => list);
  const patched: Group[] = [];
  for (const group of groups) patched.push(yield* patchedGroup(group, pieces, lists.get(group.list)?.length ?? 0));
  for (const { list } of groups) lists.delete(list);
  for (const [list, ofList] of lists) {
    patched.push(yield* patchedGroup(emptyGroup(list, ofList), pieces, ofList.length));
  }
  return patched.filter(({ rows }) => rows.length > 0);
}

function groupedBy(
  added: readonly AddedRule[],
  keyOfRule: (rule: AddedRule) => number,
): Map<number, readonly AddedRule[]> {
  const groups = new Map<number, AddedRule[]>();
  for (const one of added) if (!groups.get(keyOfRule(one))?.push(one)) groups.set(keyOfRule(one), [one]);
  return groups;
}

function emptyGroup(list: number, [first]: readonly AddedRule[]): Group {
  const nothing = new Int32Array();
  return { list, rows: nothing, columns: first?.values.map(() => nothing) ?? [] };
}

/** @param more how many of the pieces are added rules of the group */
function* patchedGroup({ list, rows, columns }: Group, pieces: readonly Piece[], more: number): InSteps<Group> {
  const most = rows.length + more;
  const now = { list, rows: new Int32Array(most), columns: columns.map(() => new Int32Array(most)) };
  let size = 0;
  /** Of the old group, those before are done. */
  let from = 0;
  for (const [index, piece] of pieces.entries()) {
    if ((index + 1) % PIECES_PER_STEP === 0) yield;
    if ('rule' in piece) {
      if (piece.list !== list) continue;
      now.rows[size] = piece.at;
      for (const [place, column] of now.columns.entries()) column[size] = piece.values[place] ?? 0;
      size += 1;
      continue;
    }
    from = placeFrom(rows, piece.from, from);
    const to = placeFrom(rows, piece.to, from);
    if (from === to) continue;
    yield* copy(rows.subarray(from, to), now.rows, size, piece.at - piece.from);
    for (const [place, column] of columns.entries()) now.columns[place]?.set(column.subarray(from, to), size);
    size += to - from;
    from = to;
  }
  if (size === most) return now;
  return { list, rows: now.rows.subarray(0, size), columns: now.columns.map((column) => column.subarray(0, size)) };
}

const PIECES_PER_STEP = 4_096;

/** The first place from `from` on whose row is not before `row`. */
function placeFrom(rows: Int32Array, row: number, from: number): number {
  if ((rows[from] ?? Infinity) >= row) return from;
  if ((rows.at(-1) ?? 0) < row) return rows.length;
  return from + placeOf(rows.subarray(from), row);
}

/** The same map if no removed or added rule has metadata: it may be large. */
function patchedMetadata(
  { ids, metadata }: RuleTable,
  removed: readonly number[],
  added: readonly AddedRule[],
): ReadonlyMap<number, JsonText> {
  const dropped = removed.map((row) => ids[row] ?? 0).filter((id) => metadata.has(id));
  const arrived = added.filter(({ rule }) => rule.metadata !== NO_METADATA);
  if (dropped.length + arrived.length === 0) return metadata;
  const patched = new Map(metadata);
  for (const id of dropped) patched.delete(id);
  for (const { rule } of arrived) patched.set(rule.id, rule.metadata);
  return patched;
}

import { type InSteps, type JsonText } from '@heksher/core';
import {
  type Group,
  groupsOf,
  numberConditions,
  type NumberedConditions,
  packNumbers,
  startOf,
} from './rule-numbers.js';
import { NO_METADATA, placeOf, type RuleTable, type StoredRule, textOf, writeRule } from './rule-table.js';
import { type Vocabulary } from './vocabulary.js';

/** So many touched rules are always few; of a large table an eighth is. */
const FEW = 32;
const SHARE = 8;

/** A rule that is added. */
type AddedRule = NumberedConditions & Readonly<{ rule: StoredRule; text: string; valueEnd: number }>;

type PatchedRows = Readonly<{ rowNow: Int32Array; ids: Int32Array; starts: Int32Array; valueEnds: Int32Array }>;

/** A patched table is assembled from these, in order: rows of the old one that stay, or an added rule. */
type Piece = Readonly<{ from: number; to: number }> | AddedRule;

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
  const added = present.map((rule) => addedRule(rule, vocabulary));
  const groups = [...groupsOf(table.numbers, vocabulary)];
  if (new Set(added.map(keyOf)).size < added.length) return undefined;
  if (yield* hasEqual(groups, added, new Set(removed))) return undefined;

  const pieces = piecesOf(table, removed, added);
  const { rowNow, ids, starts, valueEnds } = yield* patchedRows(table, pieces);
  const texts = pieces.map((piece) => ('rule' in piece ? piece.text : textOf(table, piece.from, piece.to)));
  const text = texts.join(',');
  yield;
  return {
    ids,
    text,
    numbers: packNumbers(starts, yield* patchedGroups(groups, rowNow, added, ids)),
    valueEnds,
    metadata: patchedMetadata(table, removed, added),
  };
}

/** So many rows, of some nanoseconds each, are a step. */
const ROWS_PER_STEP = 16_384;

/** The rows as they are now, and `rowNow`: the new row of each old one, -1 where it is removed. */
function* patchedRows(table: RuleTable, pieces: readonly Piece[]): InSteps<PatchedRows> {
  const size = pieces.reduce((sum, piece) => sum + ('rule' in piece ? 1 : piece.to - piece.from), 0);
  const ids = new Int32Array(size);
  const starts = new Int32Array(size + 1);
  const valueEnds = new Int32Array(size);
  const rowNow = new Int32Array(table.ids.length).fill(-1);
  let row = 0;
  /** The offset of the next piece in the text. */
  let start = 0;
  for (const piece of pieces) {
    if ('rule' in piece) {
      ids[row] = piece.rule.id;
      starts[row] = start;
      valueEnds[row] = start + piece.valueEnd;
      start += piece.text.length + 1;
      row += 1;
    } else {
      const shift = start - startOf(table.numbers, piece.from);
      ids.set(table.ids.subarray(piece.from, piece.to), row);
      for (let old = piece.from; old < piece.to; old += 1, row += 1) {
        starts[row] = startOf(table.numbers, old) + shift;
        valueEnds[row] = (table.valueEnds[old] ?? 0) + shift;
        rowNow[old] = row;
        if ((old + 1) % ROWS_PER_STEP === 0) yield;
      }
      start = startOf(table.numbers, piece.to) + shift;
    }
  }
  starts[size] = start;
  return { rowNow, ids, starts, valueEnds };
}

function addedRule(rule: StoredRule, vocabulary: Vocabulary): AddedRule {
  const { text, valueEnd } = writeRule(rule);
  const { list, values } = numberConditions(rule.conditions, vocabulary);
  return { list, values, rule, text, valueEnd };
}

function keyOf({ list, values }: AddedRule): string {
  return `${list}:${values.join()}`;
}

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
  for (const { at, next, piece } of cuts) {
    if (at > from) pieces.push({ from, to: at });
    if (piece !== undefined) pieces.push(piece);
    from = Math.max(from, next);
  }
  if (ids.length > from) pieces.push({ from, to: ids.length });
  return pieces;
}

function* patchedGroups(
  groups: readonly Group[],
  rowNow: Int32Array,
  added: readonly AddedRule[],
  ids: Int32Array,
): InSteps<readonly Group[]> {
  const lists = groupedBy(added, ({ list }) => list);
  const patched: Group[] = [];
  for (const group of groups) patched.push(yield* patchedGroup(group, rowNow, lists.get(group.list) ?? [], ids));
  for (const { list } of groups) lists.delete(list);
  for (const [list, ofList] of lists) {
    patched.push(yield* patchedGroup(emptyGroup(list, ofList), rowNow, ofList, ids));
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

function* patchedGroup(
  { list, rows, columns }: Group,
  rowNow: Int32Array,
  added: readonly AddedRule[],
  ids: Int32Array,
): InSteps<Group> {
  let kept = 0;
  for (let old = 0; old < rows.length; old += 1) {
    if (rowNow[rows[old] ?? 0] !== -1) kept += 1;
    if ((old + 1) % ROWS_PER_STEP === 0) yield;
  }
  const size = kept + added.length;
  const now = { list, rows: new Int32Array(size), columns: columns.map(() => new Int32Array(size)) };
  const inserted = added.map(({ rule, values }) => ({ row: placeOf(ids, rule.id), values }));
  let place = 0;
  let next = 0;
  const insertBefore = (row: number): void => {
    for (let one = inserted[next]; one !== undefined && one.row < row; one = inserted[next]) {
      now.rows[place] = one.row;
      for (const [index, column] of now.columns.entries()) column[place] = one.values[index] ?? 0;
      place += 1;
      next += 1;
    }
  };
  for (let old = 0; old < rows.length; old += 1) {
    if ((old + 1) % ROWS_PER_STEP === 0) yield;
    const row = rowNow[rows[old] ?? 0] ?? -1;
    if (row === -1) continue;
    if (next < inserted.length) insertBefore(row);
    now.rows[place] = row;
    for (let index = 0; index < columns.length; index += 1) {
      const column = now.columns[index];
      if (column !== undefined) column[place] = columns[index]?.[old] ?? 0;
    }
    place += 1;
  }
  insertBefore(Infinity);
  return now;
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

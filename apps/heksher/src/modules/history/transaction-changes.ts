import {
  type InSteps,
  type MemberCounts,
  type ResourceChange,
  OwnedRows,
  type RowEntry,
  type SettingRenaming,
  transactionChanges,
} from '@heksher/core';
import { sliced } from '../../in-slices.js';
import { type SnapshotReader } from '../ruleset/loading.js';
import { type FewEntries, type LoggedRow, readEntries, readState, type ResourceKeys, rowOf } from './images.store.js';
import { readRenamings } from './names.store.js';
import { readTouched, type TouchedResource } from './touched.store.js';
import { type LoggedTransaction } from './transactions.store.js';

/** What a transaction changed, as far as it is listed, and how many things are not. */
export type ListedChanges = Readonly<{ changes: readonly ResourceChange[]; omitted: number }>;

/**
 * What transactions changed, newest first, at most so many things of each. All is read as of the newest of them and then rewound
 * entry by entry.
 * @param settings only changes of these settings; undefined: all
 * @param limits `refusal` is thrown where the first transaction changed more than `most` things, before these are read
 * @param known what is known of them: whether the newest one is the newest of all in the snapshot, and whether any gives a setting another name
 */
export async function readChanges(
  snapshot: SnapshotReader,
  transactions: readonly LoggedTransaction[],
  settings: readonly string[] | undefined,
  limits: Readonly<{ most: number; skipped?: number; refusal?: (count: number) => Error }>,
  known: Readonly<{ isNewest: boolean; hasRenamings: boolean }> = { isNewest: false, hasRenamings: true },
): Promise<readonly ListedChanges[]> {
  const [newest, oldest] = [transactions[0], transactions.at(-1)];
  if (newest === undefined || oldest === undefined) return [];
  const touched = await readTouched(snapshot, transactions, settings, limits);
  const [{ total = 0 } = {}] = touched;
  if (limits.refusal !== undefined && total > limits.most) throw limits.refusal(total);
  const renamings = known.hasRenamings ? await readRenamings(snapshot, oldest.first, newest.last) : [];
  const keys = keysOf(touched, renamings);
  const [entries, state] = await Promise.all([
    readEntries(snapshot, keys, oldest.first, newest.last),
    readState(snapshot, keys, newest.last, known.isNewest),
  ]);
  const ofTransactions: TouchedResource[][] = transactions.map(() => []);
  for (const one of touched) ofTransactions[one.transaction]?.push(one);
  const listed = transactions.map(({ first, last }, place): Listed => {
    const ofThis = ofTransactions[place] ?? [];
    const [{ total: ofAll = 0 } = {}] = ofThis;
    return {
      ...{ first, last, members: membersOf(ofThis) },
      keys: new Set(ofThis.map(({ kind, key }) => keyOf(kind, key))),
      omitted: Math.max(0, ofAll - (limits.skipped ?? 0) - ofThis.length),
    };
  });
  return sliced(rewind(listed, entries, state));
}

/** The same of transactions of few entries up to the newest one, of which none gives a setting another name. All is listed. */
export function changesOf(
  transactions: readonly LoggedTransaction[],
  { entries, state }: FewEntries,
): Promise<readonly ListedChanges[]> {
  const ofMembers = entries.filter(({ table }) => table === MEMBERS);
  const listed = transactions.map(({ first, last }): Listed => {
    const members = countMembers(ofMembers.filter(({ seq }) => seq >= first && seq <= last));
    return { first, last, keys: undefined, members, omitted: 0 };
  });
  return sliced(
    rewind(
      listed,
      entries.filter(({ table }) => table !== MEMBERS),
      state,
    ),
  );
}

const MEMBERS = 'rollout_members';

/** How many members came and went, by the ids of their rollouts. */
function countMembers(entries: readonly LoggedRow[]): ReadonlyMap<number, MemberCounts> {
  const counts = new Map<number, { added: number; removed: number }>();
  for (const { old, new: now } of entries) {
    const { rollout } = JSON.parse(now ?? old ?? '{}') as { rollout: number };
    const of = counts.get(rollout) ?? { added: 0, removed: 0 };
    counts.set(rollout, of);
    if (now !== null) of.added += 1;
    if (old !== null) of.removed += 1;
  }
  return counts;
}

function keysOf(touched: readonly TouchedResource[], renamings: readonly SettingRenaming[]): ResourceKeys {
  const ids = (kind: TouchedResource['kind']): number[] => [
    ...new Set(touched.flatMap((one) => (one.kind === kind ? [Number(one.key)] : []))),
  ];
  const names = new Set(touched.flatMap(({ kind, key, setting }) => (kind === 'setting' ? [key, setting] : [setting])));
  // Whatever a setting was called meanwhile.
  for (const known of [renamings, renamings.toReversed()]) {
    for (const { from, to } of known) {
      if (names.has(from)) names.add(to);
      if (names.has(to)) names.add(from);
    }
  }
  const settings = [...names].filter((name): name is string => name !== null);
  return { settings, rules: ids('rule'), rollouts: ids('rollout') };
}

/** So many rows are read from their JSON between two looks at the clock. */
const ROWS_PER_STEP = 64;

/** A transaction of which some things are listed; `keys` undefined: all. */
type Listed = Readonly<{
  first: number;
  last: number;
  keys: ReadonlySet<string> | undefined;
  members: ReadonlyMap<number, MemberCounts>;
  omitted: number;
}>;

function* rewind(
  transactions: readonly Listed[],
  entries: readonly LoggedRow[],
  state: Awaited<ReturnType<typeof readState>>,
): InSteps<readonly ListedChanges[]> {
  const rows = new OwnedRows();
  for (const [index, [table, text]] of state.entries()) {
    const row = rowOf(text);
    if (row !== null) rows.add(table, row);
    if (index % ROWS_PER_STEP === 0) yield;
  }
  let end = entries.length;
  const take = function* (from: number): InSteps<readonly RowEntry[]> {
    let begin = end;
    while (begin > 0 && (entries[begin - 1]?.seq ?? 0) >= from) begin -= 1;
    const taken = entries.slice(begin, end);
    end = begin;
    const parsed: RowEntry[] = [];
    for (const { table, old, new: now } of taken) {
      if (parsed.push({ table, old: rowOf(old), new: rowOf(now) }) % ROWS_PER_STEP === 0) yield;
    }
    return parsed;
  };
  const back = function* (
    taken: readonly RowEntry[],
    members: ReadonlyMap<number, MemberCounts>,
  ): InSteps<readonly ResourceChange[]> {
    const touched = yield* rows.touchedBy(taken, members.keys());
    const { changes, before } = yield* transactionChanges(taken, touched, members);
    yield* rows.replace(taken, before);
    return changes;
  };
  const listed: ListedChanges[] = [];
  for (const { first, last, keys, members, omitted } of transactions) {
    // Those of transactions in between, which are not listed.
    const between = yield* take(last + 1);
    if (between.length > 0) yield* back(between, NO_MEMBERS);
    const made = yield* back(yield* take(first), members);
    yield;
    const changes = keys === undefined ? made : made.filter((change) => keys.has(keyOfChange(change)));
    listed.push({ changes, omitted });
    yield;
  }
  return listed;
}

const NO_MEMBERS: ReadonlyMap<number, MemberCounts> = new Map();

function membersOf(touched: readonly TouchedResource[]): ReadonlyMap<number, MemberCounts> {
  const counts = new Map<number, MemberCounts>();
  for (const { kind, key, added, removed } of touched) {
    if (kind === 'rollout') counts.set(Number(key), { added, removed });
  }
  return counts;
}

/** A setting is listed by any name that it had in the transaction. */
function keyOf(kind: TouchedResource['kind'], key: string): string {
  return kind === 'rule' || kind === 'rollout' ? `${kind} ${key}` : kind;
}

function keyOfChange(change: ResourceChange): string {
  if (change.kind === 'rule') return keyOf(change.kind, String(change.rule_id));
  return keyOf(change.kind, change.kind === 'rollout' ? String(change.rollout_id) : '');
}

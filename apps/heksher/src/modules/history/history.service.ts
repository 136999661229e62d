import {
  HeksherError,
  lastNameOf,
  lineageOf,
  type NamedSpan,
  rawJson,
  type RawJson,
  type ResourceChange,
  writeJson,
} from '@heksher/core';
import { findSetting } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { type AsOf } from '../../as-of.js';
import { sliced } from '../../in-slices.js';
import { formatCursor } from '../browsing/cursor.js';
import { type SnapshotReader } from '../ruleset/loading.js';
import { PastRulesets } from '../ruleset/past-rulesets.js';
import { PastSession } from '../ruleset/past-session.js';
import { ChangeList } from './change-text.js';
import { DifferencePage, differences } from './differences.js';
import {
  type DiffRequest,
  type EntryRequest,
  type HistoryRequest,
  USUAL_CHANGES,
  USUAL_ENTRIES,
} from './history-questions.js';
import { readCanonicalName, readLastSeen, readRenamings } from './names.store.js';
import { type ChangedUnits, readExtent, readMembers, readUnits } from './touched.store.js';
import { type ListedChanges, readChanges } from './transaction-changes.js';
import { type LoggedTransaction, readNewest, readTransactions } from './transactions.store.js';

/** So many changes of an entry of a list are told. */
const MOST_LISTED = 20;

/** So many things of a transaction are told as a whole, and so many rows of the log are read for that. */
const MOST_WHOLE = 10_000;
const MOST_ROWS = 100_000;

const NO_UNITS: ChangedUnits = { added: [], removed: [] };

/** A change with the units of a rollout that became members, and those that are none any more. */
export type WholeChange = Readonly<{ change: ResourceChange; units: ChangedUnits }>;

/** A transaction that is not read yet, by what is quickly known of it. */
export type FoundTransaction = LoggedTransaction &
  Readonly<{
    /** Settings that it touched, by the names at that time; null: it touched the context features. Of one that is too large, those of its first rows. */
    names: readonly (string | null)[];
    isTooLarge: boolean;
  }>;

/** What was changed when, by whom and why: the change log as changes of what the API shows. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly session: PastSession,
    private readonly rulesets: PastRulesets,
  ) {}

  /** Entries, newest first, one for each transaction. */
  async list(request: HistoryRequest): Promise<RawJson> {
    const { setting, actor, limit = USUAL_ENTRIES, cursor } = request;
    const after = request.after === undefined ? 0 : await this.rulesets.seqAt(request.after);
    const until = request.before === undefined ? Infinity : await this.endOf(request.before);
    return this.session.inSnapshot(async (snapshot) => {
      const newest = await readNewest(snapshot);
      const before = Math.min(until, cursor ?? Infinity, newest + 1);
      const spans = setting === undefined ? undefined : await spansOf(snapshot, setting, newest);
      const found = await readTransactions(snapshot, { spans, actor, before, after, limit: limit + 1 });
      const page = found.slice(0, limit);
      const names = spans?.map(({ name }) => name);
      const changes = await readChanges(snapshot, page, names, { most: MOST_LISTED });
      const entries = page.map((one, place) => entryText(one, changes[place]));
      const last = page.at(-1);
      const next = found.length > limit && last !== undefined ? formatCursor([last.first]) : null;
      return rawJson(`{"entries":[${entries.join(',')}],"next_cursor":${JSON.stringify(next)}}`);
    });
  }

  /** The entry of the transaction that a revision belongs to. Throws `not_found`. */
  find(seq: number, { members_of: rollout, limit = USUAL_CHANGES, cursor }: EntryRequest): Promise<RawJson> {
    return this.session.inSnapshot(async (snapshot) => {
      const found = await findTransaction(snapshot, seq);
      if (rollout !== undefined) {
        const after = typeof cursor === 'string' ? cursor : '';
        return membersPage(snapshot, found, { rollout, after, limit });
      }
      const skipped = typeof cursor === 'number' ? cursor : 0;
      const [changes] = await readChanges(snapshot, [found], undefined, { most: limit, skipped });
      const omitted = changes?.omitted ?? 0;
      return rawJson(entryText(found, changes, omitted > 0 ? formatCursor([skipped + limit]) : null));
    });
  }

  /** The transaction that a revision belongs to. Throws `not_found`. */
  transactionOf(seq: number): Promise<FoundTransaction> {
    return this.session.inSnapshot(async (snapshot) => {
      const found = await findTransaction(snapshot, seq);
      const { names, rows } = await readExtent(snapshot, found, MOST_ROWS);
      return { ...found, names, isTooLarge: rows > MOST_ROWS };
    });
  }

  /** All that it changed, with the units that came and went. Throws `conflict` for too much, which is not read. */
  async wholeOf(transaction: FoundTransaction): Promise<readonly WholeChange[]> {
    const { last, isTooLarge } = transaction;
    if (isTooLarge) throw tooMuch(last, `more than ${MOST_ROWS} rows`);
    return this.session.inSnapshot(async (snapshot) => {
      const [{ changes } = { changes: [] }] = await readChanges(snapshot, [transaction], undefined, {
        most: MOST_WHOLE,
        refusal: (count) => tooMuch(last, `${count} things`),
      });
      const hasUnits = changes.some((one) => one.kind === 'rollout' && one.members.added + one.members.removed > 0);
      const units = hasUnits ? await readUnits(snapshot, transaction) : new Map<number, ChangedUnits>();
      return changes.map((change) => {
        return { change, units: (change.kind === 'rollout' ? units.get(change.rollout_id) : undefined) ?? NO_UNITS };
      });
    });
  }

  /** What differs between two states. Throws as `PastRulesets.at` does, and `not_found` where neither has the setting. */
  async diff({ from, to, setting, limit = USUAL_CHANGES, cursor }: DiffRequest): Promise<RawJson> {
    const earlier = await this.rulesets.at(from, 'from');
    // What is now at the first page is what all of them are about.
    const until = cursor === undefined ? (to ?? (await this.now())) : { seq: String(cursor.to) };
    const later = await this.rulesets.at(until, 'to');
    const isBack = Number(later.seq) < Number(earlier.seq);
    const [first, last] = isBack ? [later, earlier] : [earlier, later];
    const renamings = await this.session.inSnapshot((snapshot) =>
      readRenamings(snapshot, Number(first.seq) + 1, Number(last.seq)),
    );
    const only = setting === undefined ? undefined : new Set<string>();
    for (const { ruleset } of [earlier, later]) {
      const name = setting === undefined ? undefined : findSetting(ruleset, setting)?.name;
      if (name !== undefined) only?.add(name);
    }
    if (only?.size === 0) throw unknownSetting(setting ?? '');
    const skipped = cursor?.skipped ?? 0;
    const page = new DifferencePage(skipped, limit);
    await sliced(differences(earlier.ruleset, later.ruleset, renamings, { isBack, only, page }));
    const list = new ChangeList();
    for (const change of page.changes) if (!list.add(change)) break;
    const end = skipped + list.texts.length;
    const omitted = Math.max(page.count - end, 0);
    const next = omitted === 0 ? null : formatCursor([Number(later.seq), end]);
    return rawJson(
      `{"from":${earlier.seq},"to":${later.seq},"changes":[${list.texts.join(',')}],"changes_omitted":${omitted},"next_cursor":${JSON.stringify(next)}}`,
    );
  }

  private async now(): Promise<AsOf> {
    return { seq: String(await this.session.inSnapshot(readNewest)) };
  }

  /** A revision is the first that is left out; what was there at a time is not. */
  private async endOf(before: AsOf): Promise<number> {
    return 'seq' in before ? Number(before.seq) : (await this.rulesets.seqAt(before)) + 1;
  }
}

/** The names that a setting had over time, found by one that it has or had. */
async function spansOf(snapshot: SnapshotReader, given: string, newest: number): Promise<readonly NamedSpan[]> {
  const renamings = await readRenamings(snapshot);
  const canonical = await readCanonicalName(snapshot, given);
  if (canonical !== undefined) return lineageOf(canonical, renamings, newest);
  const names = [given, ...renamings.flatMap(({ from, to }) => [from, to])];
  const lastSeen = await readLastSeen(snapshot, [...new Set(names)]);
  const last = lastNameOf(given, renamings, (name) => lastSeen.get(name) ?? 0);
  return lineageOf(last, renamings, newest);
}

function entryText(
  { last, token, at, actor, message, requestId }: LoggedTransaction,
  { changes, omitted }: ListedChanges = { changes: [], omitted: 0 },
  next?: string | null,
): string {
  const list = new ChangeList();
  for (const change of changes) if (!list.add(change)) break;
  const left = omitted + changes.length - list.texts.length;
  const revision = `${last}-${token.slice(0, 8)}`;
  const head = writeJson({ seq: last, revision, at, actor, message, request_id: requestId });
  const tail = next === undefined ? '' : `,"next_cursor":${JSON.stringify(next)}`;
  return `${head.slice(0, -1)},"changes":[${list.texts.join(',')}],"changes_omitted":${left}${tail}}`;
}

async function membersPage(
  snapshot: SnapshotReader,
  transaction: LoggedTransaction,
  { rollout, after, limit }: Readonly<{ rollout: number; after: string; limit: number }>,
): Promise<RawJson> {
  const found = await readMembers(snapshot, transaction, { rollout, after, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const units = (isAdded: boolean): string[] => page.flatMap((one) => (one.isAdded === isAdded ? [one.unit] : []));
  const next = found.length > limit && last !== undefined ? formatCursor([last.unit]) : null;
  const members = { rollout_id: rollout, added: units(true), removed: units(false) };
  return rawJson(writeJson({ seq: transaction.last, members, next_cursor: next }));
}

function tooMuch(seq: number, count: string): HeksherError {
  const message = `the transaction of revision ${seq} changed ${count}; at most ${MOST_WHOLE} things, of ${MOST_ROWS} rows, are taken back at once`;
  const errors = [{ field: 'seq', parameter: 'seq', message, code: 'too_many' }] as const;
  return new HeksherError('conflict', message, { errors });
}

async function findTransaction(snapshot: SnapshotReader, seq: number): Promise<LoggedTransaction> {
  const asked = { spans: undefined, actor: undefined, before: seq + 1, after: 0, limit: 1 };
  const [found] = await readTransactions(snapshot, asked);
  if (found === undefined || found.last < seq) throw noEntry(seq);
  return found;
}

function noEntry(seq: number): HeksherError {
  const message = `the change log has no entry of the revision ${seq}`;
  const errors = [{ field: 'seq', parameter: 'seq', message, code: 'change_not_found' }] as const;
  return new HeksherError('not_found', message, { errors });
}

function unknownSetting(name: string): HeksherError {
  const message = `neither of the two states has the setting ${JSON.stringify(name.slice(0, 100))}`;
  const errors = [{ field: 'setting', parameter: 'setting', message, code: 'setting_not_found' }] as const;
  return new HeksherError('not_found', message, { errors });
}

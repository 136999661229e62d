import { type JsonText, rawJson, type ResourceChange, writeJson } from '@heksher/core';
import { type Ruleset } from '@heksher/ruleset';
import { admits, type SettingSet } from '../../access/grants.js';
import { ChangeList } from '../history/change-text.js';
import { type Transaction } from '../history/transaction-log.js';
import { cursorAt, formatFeedCursor } from './feed-cursor.js';
import { isFor, maySee } from './setting-filter.js';

/** Changes of more text than this are counted instead. */
const MOST_TEXT = 500_000;

/** Whose changes are told: of the settings asked for, and of those that may be read; undefined: all. */
export type EventView = Readonly<{ asked: SettingSet | undefined; granted: SettingSet | undefined }>;

/** What is asked by who wants all, and may see all. */
export const ALL_CHANGES: EventView = { asked: undefined, granted: undefined };

/** Equal for views that show the same; empty of all. */
export function viewKey({ asked, granted }: EventView): string {
  return asked === undefined && granted === undefined ? '' : `${asked?.key ?? '*'}\n${granted?.key ?? '*'}`;
}

/** A transaction as an event in JSON, on one line; undefined where the view shows nothing of it. */
export function writeEvent(transaction: Transaction, view: EventView, ruleset: Ruleset): JsonText | undefined {
  const { first, last, at, actor, message, requestId, traceparent, tracestate, hasFeatures } = transaction;
  const settings = transaction.settings.filter((name) => isNamed(name, view, ruleset));
  const showsAll = viewKey(view) === '';
  if (!showsAll && settings.length === 0 && !hasFeatures) return undefined;
  const changes = showsAll
    ? transaction.changes
    : transaction.changes.filter((change) => isShown(change, view, ruleset));
  const list = new ChangeList(MOST_TEXT);
  for (const change of changes) if (!list.add(change)) break;
  const omitted = transaction.omitted + changes.length - list.texts.length;
  return writeJson({
    id: formatFeedCursor(cursorAt({ seq: last, token: transaction.token })),
    seq: last,
    from_seq: first,
    at,
    actor,
    message,
    request_id: requestId,
    traceparent: traceparent ?? undefined,
    tracestate: tracestate ?? undefined,
    settings,
    changes: rawJson(`[${list.texts.join(',')}]`),
    changes_omitted: omitted,
  });
}

/** That there is a setting of some name is no secret; and who may read it should hear that it has another name now. */
function isNamed(name: string, { asked, granted }: EventView, ruleset: Ruleset): boolean {
  return (asked === undefined || isFor(asked, name, ruleset)) && (granted === undefined || admits(granted, name));
}

/** What is no setting's, as the list of context features, is shown to all. */
function isShown(change: ResourceChange, { asked, granted }: EventView, ruleset: Ruleset): boolean {
  if (change.kind === 'context_features') return true;
  const names = [change.setting, ...earlierName(change)];
  if (asked !== undefined && !names.some((name) => isFor(asked, name, ruleset))) return false;
  return granted === undefined || maySee(granted, change.setting, ruleset);
}

function earlierName({ kind, old }: ResourceChange): readonly string[] {
  return kind === 'setting' && old !== null ? [(JSON.parse(old) as { name: string }).name] : [];
}

import { type ResourceChange, type Share, shareAt } from '@heksher/core';
import { type Ruleset } from '@heksher/ruleset';
import { isAll, type SettingSet } from '../../access/grants.js';
import { type Principal } from '../../access/principal.js';
import { rampsOf } from '../evaluation/evaluation-reading.js';
import { type EventView, viewKey } from './change-event.js';
import { type Taken, type StreamKind } from './event-stream.js';
import { cursorAt, type FeedCursor, formatFeedCursor } from './feed-cursor.js';
import { type FeedEvent } from './feed-event.js';
import { type FeedEvents, type LiveFeed } from './live-feed.js';

/**
 * Events of no more bytes than this together are copied to be written at once. A larger one is written as it is, alone: who is behind is
 * each behind another event, and a copy for each of them would take the memory of all that they have not read.
 */
const MOST_BYTES = 65_536;

/** What is shown to somebody of what was asked for. */
export function viewOf(
  asked: SettingSet | undefined,
  principal: Principal | undefined,
  action: 'read' | 'evaluate',
): EventView {
  const granted = principal?.permissions[action];
  return { asked, granted: granted === undefined || isAll(granted) ? undefined : granted };
}

/** Each transaction as an event `change`; and `reset`, where whoever follows has to read everything anew. */
export function changesKind(live: LiveFeed, asked: SettingSet | undefined, ruleset: () => Ruleset): StreamKind {
  return {
    name: 'events',
    look: (cursor) => live.after(cursor),
    take(found, principal): Taken {
      const view = viewOf(asked, principal, 'read');
      const key = viewKey(view);
      if (last?.found === found && last.key === key) return last.taken;
      last = { found, key, taken: changesIn(found, view, ruleset()) };
      return last.taken;
    },
  };
}

/** What was taken last: nearly all who follow are sent the same. */
let last: Readonly<{ found: FeedEvents; key: string; taken: Taken }> | undefined;

function changesIn(found: FeedEvents, view: EventView, ruleset: Ruleset): Taken {
  if (found.kind === 'reset') return { bytes: resetFrame(found.now), cursor: found.now, count: 1 };
  const frames: Buffer[] = [];
  let bytes = 0;
  let behind: FeedCursor | undefined;
  for (const event of found.events) {
    const frame = event.frame(view, ruleset);
    bytes += frame.length;
    if (behind !== undefined && bytes > MOST_BYTES)
      return { bytes: joined(frames), cursor: behind, count: frames.length };
    if (frame.length > 0) frames.push(frame);
    behind = event.cursor;
  }
  return { bytes: joined(frames), cursor: found.next, count: frames.length };
}

function resetFrame(now: FeedCursor): string {
  const id = formatFeedCursor(now);
  return `id: ${id}\nevent: reset\ndata: {"reset":true,"next":"${id}"}\n\n`;
}

/** One is sent as it is: all who follow share it. */
function joined(frames: readonly Buffer[]): Buffer {
  const [first] = frames;
  return frames.length === 1 && first !== undefined ? first : Buffer.concat(frames);
}

/** OpenFeature's notice that flags are to be fetched again, one for all that came meanwhile. */
export function noticesKind(live: LiveFeed, ruleset: () => Ruleset): StreamKind {
  let shares = sharesNow(ruleset());
  return {
    name: 'notices',
    look: (cursor) => live.recent(cursor),
    /** What the clock moves is no transaction. */
    beat(): string {
      const now = sharesNow(ruleset());
      if (now === shares) return '';
      shares = now;
      return noticeFrame(cursorAt(ruleset().revision), Date.now());
    },
    take(found, principal): Taken {
      const cursor = found.kind === 'reset' ? found.now : found.next;
      const view = viewOf(undefined, principal, 'evaluate');
      const isNews = found.kind === 'reset' || found.events.some((event) => mayDecide(event, view, ruleset()));
      if (!isNews) return { bytes: '', cursor, count: 0 };
      const last = found.kind === 'reset' ? undefined : found.events.at(-1);
      return { bytes: last === undefined ? noticeAt(cursor, Date.now()) : noticeOf(last), cursor, count: 1 };
    },
  };
}

function noticeFrame(cursor: FeedCursor, atMs: number): string {
  const etag = `"${formatFeedCursor(cursor)}"`;
  const notice = { type: 'refetchEvaluation', etag, lastModified: Math.floor(atMs / 1_000) };
  return `event: message\ndata: ${JSON.stringify(notice)}\n\n`;
}

function noticeAt(cursor: FeedCursor, atMs: number): Buffer {
  return Buffer.from(`id: ${formatFeedCursor(cursor)}\n${noticeFrame(cursor, atMs)}`);
}

const notices = new WeakMap<FeedEvent, Buffer>();

/** One for all who are told of it. */
function noticeOf(event: FeedEvent): Buffer {
  const notice = notices.get(event) ?? noticeAt(event.cursor, Date.parse(event.transaction.at));
  notices.set(event, notice);
  return notice;
}

const ramps = new WeakMap<Ruleset, readonly Share[]>();

/** Where the shares of all ramps stand: empty where there are none. */
function sharesNow(ruleset: Ruleset): string {
  const known = ramps.get(ruleset) ?? [...ruleset.settings.values()].flatMap(rampsOf);
  ramps.set(ruleset, known);
  const nowMs = Date.now();
  return known.map((ramp) => shareAt(ramp, nowMs)).join();
}

const deciding = new WeakMap<FeedEvent, boolean>();

/** Whether flags may be others after it. */
function mayDecide(event: FeedEvent, view: EventView, ruleset: Ruleset): boolean {
  if (event.frame(view, ruleset).length === 0) return false;
  const { changes, omitted, hasFeatures } = event.transaction;
  const isDeciding = deciding.get(event) ?? (hasFeatures || omitted > 0 || changes.some(decides));
  deciding.set(event, isDeciding);
  return isDeciding;
}

/** All but the metadata of a rule or rollout, which flags do not show. */
function decides(change: ResourceChange): boolean {
  const { kind, old, new: now } = change;
  if ((kind !== 'rule' && kind !== 'rollout') || old === null || now === null) return true;
  if (change.kind === 'rollout' && change.members.added + change.members.removed > 0) return true;
  return withoutMetadata(old) !== withoutMetadata(now);
}

/** It is the last member. */
function withoutMetadata(text: string): string {
  return text.slice(0, text.lastIndexOf(',"metadata":'));
}

import { type RawJson, rawJson } from '@heksher/core';
import { type Ruleset } from '@heksher/ruleset';
import { type EventView } from './change-event.js';
import { type FeedCursor, formatFeedCursor } from './feed-cursor.js';
import { type LiveFeed } from './live-feed.js';
import { type PageRequest } from './changes-request.js';

/** Events of more text than this go on another page. */
const MOST_TEXT = 2_000_000;

/** So many pages of the log are looked through for events that one may see. */
const MOST_READ = 10;
const READ_AT_ONCE = 100;

/** Resolves when there may be something new, or false when nothing more is waited for. */
export type Waiting = Readonly<{ next: () => Promise<boolean> }>;

export type PageSetup = Readonly<{
  live: LiveFeed;
  /** What is shown to who asks, as of now. Throws where that is nobody any more. */
  view: () => EventView;
  ruleset: () => Ruleset;
}>;

/** `{"changes": […], "next": "1042-9f3a61c2", "reset": false}`. Without changes it is answered when nothing more is waited for. */
export async function changesPage(
  after: FeedCursor,
  { limit }: Pick<PageRequest, 'limit'>,
  { live, view, ruleset }: PageSetup,
  waiting: Waiting,
): Promise<RawJson> {
  let cursor = after;
  for (let read = 1; ; read += 1) {
    const found = await live.after(cursor, READ_AT_ONCE);
    if (found.kind === 'reset') return pageOf([], found.now, true);
    const texts: string[] = [];
    let room = MOST_TEXT;
    const shown = view();
    for (const event of found.events) {
      if (texts.length >= limit || room <= 0) return pageOf(texts, cursor);
      const text = event.text(shown, ruleset());
      cursor = event.cursor;
      if (text === undefined) continue;
      room -= text.length;
      texts.push(text);
    }
    cursor = found.next;
    if (texts.length > 0) return pageOf(texts, cursor);
    if (!found.isEnd && read < MOST_READ) continue;
    if (!found.isEnd || !(await waiting.next())) return pageOf([], cursor);
    read = 0;
  }
}

function pageOf(texts: readonly string[], next: FeedCursor, isReset = false): RawJson {
  return rawJson(`{"changes":[${texts.join(',')}],"next":"${formatFeedCursor(next)}","reset":${isReset}}`);
}

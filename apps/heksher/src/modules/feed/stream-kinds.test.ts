import { atOnce, jsonText } from '@heksher/core';
import { RulesetBuilder } from '@heksher/ruleset';
import fc from 'fast-check';
import { type Transaction } from '../history/transaction-log.js';
import { parseSettingFilter } from './setting-filter.js';
import { FeedEvent } from './feed-event.js';
import { type LiveFeed } from './live-feed.js';
import { changesKind } from './stream-kinds.js';

const RULESET = atOnce(new RulesetBuilder().finish({ seq: '9', token: 'x' }, ['user'], []));

/** A rule of this setting that got a value of so many bytes. */
function eventOf(seq: number, setting: string, bytes: number): FeedEvent {
  const now = jsonText(JSON.stringify('x'.repeat(bytes)));
  const change = { kind: 'rule' as const, op: 'changed' as const, setting, rule_id: seq, conditions: [] };
  const transaction: Transaction = {
    ...{ first: seq, last: seq, token: '9f3a61c2-7d0f-4d0e-9b6e-6a1f4f0f9a11', at: '2026-03-01T09:00:00.000Z' },
    ...{ actor: 'ana', message: null, requestId: null, traceparent: null, tracestate: null },
    ...{ settings: [setting], hasFeatures: false, changes: [{ ...change, old: null, new: now }], omitted: 0 },
  };
  return FeedEvent.of(transaction);
}

const live = {} as LiveFeed;
const asked = parseSettingFilter('seen', 'settings');
const view = { asked, granted: undefined };

const sizes = fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 20_000, max: 200_000 }));
const lists = fc.array(fc.tuple(fc.constantFrom('seen', 'other'), sizes), { minLength: 1, maxLength: 12 });

it('a stream is sent each event once, in order; and a large one is the same bytes for all, not a copy', () => {
  fc.assert(
    fc.property(lists, (list) => {
      const events = list.map(([setting, bytes], index) => eventOf(index + 1, setting, bytes));
      const frames = events.map((event) => event.frame(view, RULESET));
      const kind = changesKind(live, asked, () => RULESET);
      const written: Buffer[] = [];
      let count = 0;
      let rest = events;
      while (rest.length > 0) {
        const next = rest.at(-1)?.cursor ?? { seq: 0, token: '' };
        const taken = kind.take({ kind: 'events', events: rest, next, isEnd: true }, undefined);
        written.push(taken.bytes as Buffer);
        count += taken.count;
        const behind = rest.findIndex((event) => event.cursor === taken.cursor);
        expect(behind).toBeGreaterThanOrEqual(0);
        rest = rest.slice(behind + 1);
      }
      expect(Buffer.concat(written).equals(Buffer.concat(frames))).toBe(true);
      expect(count).toBe(frames.filter(({ length }) => length > 0).length);
      for (const bytes of written) expect(bytes.length <= 65_536 || frames.includes(bytes)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

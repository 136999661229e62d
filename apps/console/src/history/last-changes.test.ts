import { type Entry } from '../difference/rows.js';
import { lastChangesOf } from './last-changes.js';

const entry = (seq: number, ...changes: readonly object[]) =>
  ({ seq, at: `2026-03-0${seq}T09:00:00.000Z`, actor: 'ana', changes }) as unknown as Entry;

it('of several changes of a line the newest counts, and those of other settings do not', () => {
  const entries = [
    entry(4, { kind: 'rule', rule_id: 9, setting: 'other' }, { kind: 'rollout', rollout_id: 3, setting: 'mine' }),
    entry(3, { kind: 'rule', rule_id: 7, setting: 'mine' }),
    entry(2, { kind: 'rule', rule_id: 7, setting: 'mine' }, { kind: 'setting', setting: 'mine' }),
    entry(1, { kind: 'rule', rule_id: 3, setting: 'mine' }),
  ];
  expect([...lastChangesOf(entries, 'mine')].map(([line, { seq }]) => [line, seq])).toEqual([
    ['rollout-3', 4],
    ['rule-7', 3],
    ['rule-3', 1],
  ]);
});

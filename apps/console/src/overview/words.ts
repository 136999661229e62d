import { formatJson, type Json } from '@heksher/core';
import { type Exact } from '../api/exact.js';
import { type components } from '../api/schema.js';

export type HistoryEntry = Exact<components['schemas']['HistoryEntry']>;
type Change = HistoryEntry['changes'][number];

/** A change as the rest of a sentence that begins with who made it: `changed rule 3 of cache_size: 50 → 70`. */
export function wordsOf({ kind, op, setting, rule_id, rollout_id, old, new: after, members }: Change): Readonly<{
  verb: string;
  setting: string | undefined;
  rest: string;
}> {
  const [before, now] = [imageOf(old), imageOf(after)];
  if (kind === 'context_features') return { verb: 'changed the context features', setting: undefined, rest: '' };
  if (kind === 'setting')
    return { verb: SETTING_VERBS[op], setting, rest: valuesBetween(before['default_value'], now['default_value']) };
  if (kind === 'rule') {
    const where = conditionsIn(op === 'deleted' ? before : now);
    return {
      verb: `${VERBS[op]} rule ${rule_id} of`,
      setting,
      rest: [where, valuesBetween(before['value'], now['value'])].filter((part) => part !== '').join(': '),
    };
  }
  if (members !== undefined)
    return {
      verb: 'changed members of',
      setting,
      rest: `rollout ${rollout_id}: ${members.added} added, ${members.removed} removed`,
    };
  const [from, to] = [before['percentage'], now['percentage']];
  if (before['enabled'] === true && now['enabled'] === false)
    return { verb: `switched off rollout ${rollout_id} of`, setting, rest: '' };
  if (before['enabled'] === false && now['enabled'] === true)
    return { verb: `switched on rollout ${rollout_id} of`, setting, rest: '' };
  const moved = typeof from === 'number' && typeof to === 'number' && from !== to;
  return { verb: `${VERBS[op]} rollout ${rollout_id} of`, setting, rest: moved ? `${from} → ${to} %` : '' };
}

const VERBS = { created: 'added', changed: 'changed', deleted: 'deleted' } as const;
const SETTING_VERBS = { created: 'declared', changed: 'changed', deleted: 'deleted' } as const;

type Image = Readonly<Record<string, unknown>>;

function imageOf(image: unknown): Image {
  return typeof image === 'object' && image !== null ? (image as Image) : {};
}

function conditionsIn({ feature_values }: Image): string {
  if (!Array.isArray(feature_values)) return '';
  return feature_values.map((pair) => (Array.isArray(pair) ? pair.join(' ') : '')).join(', ');
}

function valuesBetween(before: unknown, now: unknown): string {
  const [from, to] = [shown(before), shown(now)];
  if (from === undefined) return to ?? '';
  if (to === undefined || from === to) return '';
  return `${from} → ${to}`;
}

function shown(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  const text = formatJson(value as Json);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** What one actor did without a longer pause, newest first. */
export type Sitting = Readonly<{ actor: string; entries: readonly HistoryEntry[] }>;

const PAUSE_MS = 15 * 60_000;

/** Entries come newest first. */
export function sittingsOf(entries: readonly HistoryEntry[]): readonly Sitting[] {
  const sittings: { actor: string; entries: HistoryEntry[] }[] = [];
  for (const entry of entries) {
    const last = sittings.at(-1);
    const before = last?.entries.at(-1);
    const isNear = before !== undefined && Date.parse(before.at) - Date.parse(entry.at) <= PAUSE_MS;
    if (last?.actor === entry.actor && isNear) last.entries.push(entry);
    else sittings.push({ actor: entry.actor, entries: [entry] });
  }
  return sittings;
}

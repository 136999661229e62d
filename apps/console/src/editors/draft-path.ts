import { formatJson, type SettingType } from '@heksher/core';
import { type Draft, type Item, readDraft } from './draft.js';

/** The ids of the items that lead to a part of a draft. */
export type Path = readonly number[];

export type Part = Readonly<{ type: SettingType; draft: Draft; label: string }>;

/** The parts on the way to a part, the whole first; those that are gone are left out. */
export function partsOn(type: SettingType, draft: Draft, path: Path, label: string): readonly Part[] {
  const parts: Part[] = [{ type, draft, label }];
  for (const id of path) {
    const last = parts.at(-1);
    if (last === undefined || !('item' in last.type)) break;
    const items = itemsOf(last.draft);
    const index = items.findIndex((item) => item.id === id);
    const item = items[index];
    if (item === undefined) break;
    parts.push({ type: last.type.item, draft: item.draft, label: labelOf(item, index) });
  }
  return parts;
}

export function withPart(draft: Draft, path: Path, part: Draft): Draft {
  const [first, ...rest] = path;
  if (first === undefined) return part;
  const inside = <I extends Item>(item: I): I =>
    item.id === first ? { ...item, draft: withPart(item.draft, rest, part) } : item;
  if (draft.kind === 'list') return { ...draft, items: draft.items.map(inside) };
  return draft.kind === 'map' ? { ...draft, rows: draft.rows.map(inside) } : draft;
}

export function itemsOf(draft: Draft): readonly Item[] {
  if (draft.kind === 'list') return draft.items;
  return draft.kind === 'map' ? draft.rows : [];
}

export function labelOf(item: Item, index: number): string {
  return 'name' in item && typeof item.name === 'string' ? `"${item.name}"` : `Item ${index + 1}`;
}

/** A part in a few words, where it is not shown itself. */
export function summaryOf(type: SettingType, draft: Draft): string {
  const count = itemsOf(draft).length;
  const what = type.kind === 'mapping' ? 'entries' : 'items';
  const reading = readDraft(type, draft);
  const text = 'json' in reading ? formatJson(reading.json) : reading.problem;
  return `${count} ${what} · ${text.length > 48 ? `${text.slice(0, 48)}…` : text}`;
}

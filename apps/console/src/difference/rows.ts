import { type Condition, formatJson, type Json } from '@heksher/core';
import { type Exact } from '../api/exact.js';
import { type components } from '../api/schema.js';

export type Entry = Exact<components['schemas']['HistoryEntry']>;
export type Change = Entry['changes'][number];

/** One line of a difference: something came, went, or is another now. */
export type Row = Readonly<{
  sign: '+' | '-' | '~';
  setting: string | undefined;
  /** Of the matrix: `rule-7`, `rollout-3`; else undefined. */
  line: string | undefined;
  /** What it is about, such as `rule 7`, `rollout 3`, `cache_size` or `context features`. */
  subject: string;
  /** Undefined: it is no line, and so for nobody in particular. */
  conditions: readonly Condition[] | undefined;
  /** Which part of it, such as `share`; undefined: its value. */
  part: string | undefined;
  from: string | undefined;
  to: string | undefined;
}>;

type Image = Readonly<Record<string, unknown>>;

/** The lines that show a change; none where nothing that is shown differs. */
export function rowsOf(change: Change): readonly Row[] {
  const [old, now] = [imageOf(change.old), imageOf(change.new)];
  switch (change.kind) {
    case 'context_features':
      return [rowOf(change, 'context features', undefined, listText(change.old), listText(change.new))];
    case 'rule':
      return partsOf(change, `rule ${change.rule_id}`, RULE_PARTS, old, now);
    case 'rollout':
      return partsOf(change, `rollout ${change.rollout_id}`, ROLLOUT_PARTS, old, now);
    case 'setting':
      return partsOf(change, change.setting ?? '', SETTING_PARTS, old, now);
  }
}

type Part = readonly [name: string | undefined, read: (image: Image) => string | undefined];

const RULE_PARTS: readonly Part[] = [
  [undefined, ({ value }) => jsonText(value)],
  ['conditions', ({ feature_values }) => conditionsText(conditionsOf(feature_values))],
];
const ROLLOUT_PARTS: readonly Part[] = [
  ['share', shareOf],
  [undefined, valueOf],
  ['switched', ({ enabled }) => (enabled === undefined ? undefined : enabled === true ? 'on' : 'off')],
  ['pattern', ({ pattern }) => textOf(pattern)],
  ['salt', ({ salt }) => textOf(salt)],
  ['hash', ({ hash }) => textOf(hash)],
  ['conditions', ({ feature_values }) => conditionsText(conditionsOf(feature_values))],
];
const SETTING_PARTS: readonly Part[] = [
  ['default', ({ default_value }) => jsonText(default_value)],
  ['type', ({ type }) => textOf(type)],
  ['version', ({ version }) => textOf(version)],
  ['name', ({ name }) => textOf(name)],
  ['features', ({ configurable_features }) => listText(configurable_features)],
  ['aliases', ({ aliases }) => listText(aliases)],
];

/** What came or went is one line with what matters most, and what is another now a line for each part. */
function partsOf(change: Change, subject: string, parts: readonly Part[], old: Image, now: Image): readonly Row[] {
  if (change.op !== 'changed') {
    return [
      rowOf(change, subject, undefined, wholeOf(change, old), wholeOf(change, now)),
      ...membersOf(change, subject),
    ];
  }
  const rows = parts.flatMap(([name, read]) => {
    const [from, to] = [read(old), read(now)];
    return from === to ? [] : [rowOf(change, subject, name, from, to)];
  });
  return [...rows, ...membersOf(change, subject), ...metadataRows(change, subject, old, now)];
}

/** What matters most of something that came or went: `true for 20 %`, `int, default 60`. */
function wholeOf({ kind }: Change, image: Image): string | undefined {
  if (kind === 'setting') return withWord(textOf(image['type']), ', default', jsonText(image['default_value']));
  return kind === 'rollout' ? withWord(valueOf(image), ' for', shareOf(image)) : jsonText(image['value']);
}

export function withWord(one: string | undefined, word: string, other: string | undefined): string | undefined {
  return one === undefined || other === undefined ? (one ?? other) : `${one}${word} ${other}`;
}

/** Those of one setting together, in the order in which settings come first. */
export function bySetting(rows: readonly Row[]): readonly Row[] {
  const groups = new Map<string | undefined, Row[]>();
  for (const row of rows) groups.set(row.setting, [...(groups.get(row.setting) ?? []), row]);
  return [...groups.values()].flat();
}

function rowOf(change: Change, subject: string, part: string | undefined, from?: string, to?: string): Row {
  const sign = change.op === 'created' ? '+' : change.op === 'deleted' ? '-' : '~';
  const { setting, rule_id, rollout_id } = change;
  const line =
    rule_id !== undefined ? `rule-${rule_id}` : rollout_id !== undefined ? `rollout-${rollout_id}` : undefined;
  const conditions = line === undefined ? undefined : conditionsOf(change.feature_values);
  return { sign, setting, line, subject, conditions, part, from, to };
}

function membersOf(change: Change, subject: string): readonly Row[] {
  if (change.members === undefined) return [];
  const { added, removed } = change.members;
  const words = [added > 0 && `${counted(added)} added`, removed > 0 && `${counted(removed)} removed`];
  const row = rowOf(change, subject, 'members');
  return [{ ...row, sign: '~', to: words.filter((word) => word !== false).join(', ') }];
}

function metadataRows(change: Change, subject: string, old: Image, now: Image): readonly Row[] {
  const [before, after] = [membersIn(old['metadata']), membersIn(now['metadata'])];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [from, to] = [jsonText(before.get(key)), jsonText(after.get(key))];
    return from === to ? [] : [rowOf(change, subject, key, from, to)];
  });
}

/** `20 %`, `5 % → 100 % from … to …` of a ramp. */
export function shareOf({ percentage, ramp }: Image): string | undefined {
  if (typeof percentage === 'number') return `${percentage} %`;
  const { from, to, start, end } = imageOf(ramp);
  return typeof start === 'string' ? `${String(from)} to ${String(to)} %, ${start} to ${String(end)}` : undefined;
}

function valueOf({ value, variants }: Image): string | undefined {
  if (!Array.isArray(variants)) return jsonText(value);
  return variants
    .map((variant) => {
      const { name, weight, value: given } = imageOf(variant);
      return `${String(name)} ${jsonText(given)} × ${String(weight)}`;
    })
    .join(', ');
}

/** Conditions as rules have them, in pairs, or as rollouts do, in an object. */
export function conditionsOf(given: unknown): readonly Condition[] {
  const pairs: readonly unknown[] = Array.isArray(given) ? given : Object.entries(imageOf(given));
  return pairs.flatMap((pair): readonly Condition[] => {
    const [feature, value] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    return typeof feature === 'string' ? [[feature, String(value)]] : [];
  });
}

export function conditionsText(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? 'everyone' : conditions.map(([feature, value]) => `${feature} ${value}`).join(', ');
}

function imageOf(image: unknown): Image {
  return typeof image === 'object' && image !== null ? (image as Image) : {};
}

function membersIn(metadata: unknown): ReadonlyMap<string, Json> {
  const json = asJson(metadata);
  return json?.kind === 'object' ? json.members : new Map();
}

function asJson(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? (value as Json) : undefined;
}

function jsonText(value: unknown): string | undefined {
  const json = asJson(value);
  return json && formatJson(json);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function listText(value: unknown): string | undefined {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : imageOf(value)['context_features'];
  return Array.isArray(list) ? list.map(String).join(', ') || 'none' : undefined;
}

export function counted(count: number): string {
  return count.toLocaleString('en').replaceAll(',', '\u202f');
}

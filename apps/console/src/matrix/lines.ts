import { type Condition, formatJson, type Json } from '@heksher/core';
import { type Finding, type Line, type SettingView } from '../api/queries.js';

/** What an address calls a line: `rule-7`, `rollout-3`. */
export function lineKey(line: Line): string {
  return line.kind === 'rule' ? `rule-${line.rule_id}` : `rollout-${line.rollout_id}`;
}

/** `rule 7`, `rollout 3`. */
export function lineName(line: Line): string {
  return lineKey(line).replace('-', ' ');
}

export function conditionsOf(line: Line): readonly Condition[] {
  if (line.kind === 'rollout') return Object.entries(line.feature_values);
  return line.feature_values.map(([feature = '', value = '']) => [feature, value]);
}

/** The features that have a column, the most specific last: those of the setting, and any other that a line still names. */
export function columnsOf({ context_features, configurable_features, lines }: SettingView): readonly string[] {
  const named = new Set(configurable_features);
  for (const line of lines) {
    for (const [feature] of conditionsOf(line)) named.add(feature);
    if (line.kind === 'rollout') named.add(line.feature);
  }
  return context_features.filter((feature) => named.has(feature));
}

/** The override is a rule without conditions: it stands in place of the default. */
export function isOverride(line: Line): boolean {
  return line.kind === 'rule' && line.feature_values.length === 0;
}

/** `60 for everyone, except by 7 lines`. */
export function summaryOf({ lines, default_value, lines_omitted }: SettingView): string {
  const override = lines.find(isOverride);
  const others = lines.length + lines_omitted - (override === undefined ? 0 : 1);
  const everyone = shownValue(override?.value ?? default_value, 40);
  if (others === 0) return `${everyone} for everyone`;
  return `${everyone} for everyone, except by ${others === 1 ? 'one line' : `${others.toLocaleString('en')} lines`}`;
}

/** The JSON of a value, cut off after so many characters. */
export function shownValue(value: Json, most = 120): string {
  const text = formatJson(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** A row of the matrix: a line, or what lint says of the one above. */
export type MatrixRow =
  | Readonly<{ kind: 'line'; key: string; line: Line; position: number }>
  | Readonly<{ kind: 'finding'; key: string; finding: Finding }>;

/** Lines in the order of precedence in which the service gives them, each followed by its findings. */
export function rowsOf({ lines, findings }: SettingView, filter = ''): readonly MatrixRow[] {
  const byLine = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = finding.about === null ? '' : `${finding.about.kind}-${finding.about.id}`;
    byLine.set(key, [...(byLine.get(key) ?? []), finding]);
  }
  const wanted = filter.trim().toLowerCase();
  return lines.flatMap((line, index): readonly MatrixRow[] => {
    if (wanted !== '' && !textOf(line).includes(wanted)) return [];
    const key = lineKey(line);
    const below = byLine.get(key) ?? [];
    return [
      { kind: 'line', key, line, position: line.position ?? index + 1 },
      ...below.map((finding, at) => ({ kind: 'finding' as const, key: `${key}-finding-${at}`, finding })),
    ];
  });
}

function textOf(line: Line): string {
  const conditions = conditionsOf(line).map(([feature, value]) => `${feature}=${value}`);
  return [lineName(line), ...conditions, 'value' in line && line.value ? formatJson(line.value) : '']
    .join(' ')
    .toLowerCase();
}

/** What lint says of the setting as a whole. */
export function findingsOfAll({ findings }: SettingView): readonly Finding[] {
  return findings.filter(({ about }) => about === null);
}

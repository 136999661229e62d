import {
  type Condition,
  conditionsKey,
  formatJson,
  type Json,
  jsonEquals,
  type SettingType,
  type Writable,
} from '@heksher/core';
import { exactly, NO_MEMBERS } from '../api/exact.js';
import { type Draft, draftOf, valueOfDraft } from '../editors/draft.js';
import { metadataDraftOf, metadataOf, type MetadataDraft } from '../editors/metadata.js';

/** What stands in the form of a rule; plain data, so that it can be kept. */
export type RuleForm = Readonly<{
  conditions: Readonly<Record<string, string>>;
  value: Draft;
  metadata: MetadataDraft;
  note: string;
}>;

/** A rule as it is stored. */
export type StoredRule = Readonly<{ conditions: readonly Condition[]; value: Json; metadata?: Json | undefined }>;

export function formOf(type: SettingType, { conditions, value, metadata }: StoredRule): RuleForm {
  return {
    conditions: Object.fromEntries(conditions),
    value: draftOf(type, value),
    metadata: metadataDraftOf(metadata),
    note: '',
  };
}

/** In the order of `features`, without those that take any value. */
export function conditionsOfForm({ conditions }: RuleForm, features: readonly string[]): readonly Condition[] {
  return features.flatMap((feature): Condition[] => {
    const value = conditions[feature] ?? '';
    return value === '' ? [] : [[feature, value]];
  });
}

export const FIELDS = ['where', 'value', 'metadata'] as const;
export type FieldName = (typeof FIELDS)[number];

export function sameField(name: FieldName, a: StoredRule, b: StoredRule): boolean {
  if (name === 'value') return formatJson(a.value) === formatJson(b.value) || jsonEquals(a.value, b.value);
  if (name === 'metadata') return metadataText(a) === metadataText(b);
  return conditionsKey(a.conditions) === conditionsKey(b.conditions);
}

/** Its metadata as JSON, by ascending key. */
export function metadataText({ metadata }: StoredRule): string {
  return formatJson(metadataOf(metadataDraftOf(metadata)) ?? NO_MEMBERS);
}

/** What both changed, and otherwise; and what only they did. */
export function compareThree(
  base: StoredRule,
  theirs: StoredRule,
  yours: StoredRule,
): Readonly<{ collisions: readonly FieldName[]; taken: readonly FieldName[] }> {
  const theyChanged = FIELDS.filter((name) => !sameField(name, base, theirs));
  const isMine = (name: FieldName) => !sameField(name, base, yours);
  return {
    collisions: theyChanged.filter((name) => isMine(name) && !sameField(name, theirs, yours)),
    taken: theyChanged.filter((name) => !isMine(name)),
  };
}

/** The form with one part of a stored rule in place of its own. */
export function withField(form: RuleForm, name: FieldName, rule: StoredRule, type: SettingType): RuleForm {
  const { conditions, value, metadata } = formOf(type, rule);
  switch (name) {
    case 'where':
      return { ...form, conditions };
    case 'value':
      return { ...form, value };
    case 'metadata':
      return { ...form, metadata };
  }
}

/** What of a rule is to be changed: only what is not as it was, so that the rest is left alone. The spelling of a value counts. */
export function changesOf(
  base: StoredRule,
  yours: StoredRule,
): { feature_values?: Writable; value?: Writable; metadata?: Writable } {
  return {
    ...(!sameField('where', base, yours) && { feature_values: Object.fromEntries(yours.conditions) }),
    ...(formatJson(base.value) !== formatJson(yours.value) && { value: exactly(yours.value) }),
    ...(!sameField('metadata', base, yours) && { metadata: exactly(yours.metadata ?? NO_MEMBERS) }),
  };
}

export function ruleOf(form: RuleForm, type: SettingType, features: readonly string[]): StoredRule | undefined {
  const value = valueOfDraft(type, form.value);
  const metadata = metadataOf(form.metadata);
  if (value === undefined || metadata === undefined) return undefined;
  return { conditions: conditionsOfForm(form, features), value, metadata };
}

/** `user guest, theme dark`; `everyone`. */
export function whereText(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? 'everyone' : conditions.map(([feature, value]) => `${feature} ${value}`).join(', ');
}

import {
  type Condition,
  conditionsKey,
  formatJson,
  type Json,
  jsonEquals,
  type SettingType,
  type Writable,
} from '@heksher/core';
import { exactly } from '../api/exact.js';
import { type Draft, draftOf, valueOfDraft } from '../editors/draft.js';

/** What stands in the form of a rule; plain data, so that it can be kept. */
export type RuleForm = Readonly<{ conditions: Readonly<Record<string, string>>; value: Draft; note: string }>;

/** A rule as it is stored. */
export type StoredRule = Readonly<{ conditions: readonly Condition[]; value: Json }>;

export function formOf(type: SettingType, { conditions, value }: StoredRule): RuleForm {
  return { conditions: Object.fromEntries(conditions), value: draftOf(type, value), note: '' };
}

/** In the order of `features`, without those that take any value. */
export function conditionsOfForm({ conditions }: RuleForm, features: readonly string[]): readonly Condition[] {
  return features.flatMap((feature): Condition[] => {
    const value = conditions[feature] ?? '';
    return value === '' ? [] : [[feature, value]];
  });
}

export const FIELDS = ['where', 'value'] as const;
export type FieldName = (typeof FIELDS)[number];

export function sameField(name: FieldName, a: StoredRule, b: StoredRule): boolean {
  if (name === 'value') return formatJson(a.value) === formatJson(b.value) || jsonEquals(a.value, b.value);
  return conditionsKey(a.conditions) === conditionsKey(b.conditions);
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
  const { conditions, value } = formOf(type, rule);
  return name === 'value' ? { ...form, value } : { ...form, conditions };
}

/** What of a rule is to be changed: only what is not as it was, so that the rest is left alone. The spelling of a value counts. */
export function changesOf(base: StoredRule, yours: StoredRule): { feature_values?: Writable; value?: Writable } {
  return {
    ...(!sameField('where', base, yours) && { feature_values: Object.fromEntries(yours.conditions) }),
    ...(formatJson(base.value) !== formatJson(yours.value) && { value: exactly(yours.value) }),
  };
}

export function ruleOf(form: RuleForm, type: SettingType, features: readonly string[]): StoredRule | undefined {
  const value = valueOfDraft(type, form.value);
  return value === undefined ? undefined : { conditions: conditionsOfForm(form, features), value };
}

/** `user guest, theme dark`; `everyone`. */
export function whereText(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? 'everyone' : conditions.map(([feature, value]) => `${feature} ${value}`).join(', ');
}

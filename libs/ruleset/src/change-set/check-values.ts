import { featureOf, type fitOf, HeksherError, type Json, jsonText, parseStoredJson } from '@heksher/core';
import { type DraftRollout, type DraftRule, type DraftSetting } from '../draft/index.js';
import { requireConfigurable, requireType } from '../operations/index.js';

export function attempt(work: () => void, refuse: (error: HeksherError) => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof HeksherError)) throw error;
    refuse(error);
  }
}

export function checkRule({ head }: DraftSetting, { value, conditions }: DraftRule, fits: ReturnType<typeof fitOf>) {
  requireConfigurable(head, conditions.map(featureOf));
  if (!fits(value)) requireType(head, stored(value), 'a rule');
}

export function checkRollout({ head }: DraftSetting, { feature, conditions, value, variants }: DraftRollout): void {
  requireConfigurable(head, [feature], () => '/feature');
  requireConfigurable(head, conditions.map(featureOf));
  if (value !== null) requireType(head, stored(value), 'a rollout');
  const items = variants === null ? null : parseStoredJson(variants);
  for (const item of items?.kind === 'array' ? items.items : []) {
    const given = item.kind === 'object' ? item.members.get('value') : undefined;
    if (given !== undefined) requireType(head, given, 'a variant of a rollout', '/variants');
  }
}

export function checkDefault({ head }: DraftSetting): void {
  requireType(head, stored(head.defaultValue), 'the default', '/default_value');
}

function stored(text: string): Json {
  return parseStoredJson(text) ?? { kind: 'null', text: jsonText('null'), value: null };
}

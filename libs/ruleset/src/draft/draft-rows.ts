import { featureOf, formatVersion, type InSteps, type JsonText, valueOf } from '@heksher/core';
import { type Draft } from './draft.js';
import { type DraftRollout, type DraftRule, type DraftSetting, headOfSetting } from './draft-setting.js';
import { haveSameJson, type Metadata } from './metadata.js';

/**
 * The rows that a draft changes, by what is done to them, as the database's function `heksher_write` takes them. An id of a rule or
 * rollout that is new is negative: -1 is the first of `insert_rules`, or of `insert_rollouts`.
 */
export type Rows = Readonly<Partial<Record<Section, readonly unknown[]>>>;

type Owner = 'setting' | 'rule' | 'rollout';

type Section =
  | 'add_features'
  | 'delete_settings'
  | 'rename_settings'
  | 'update_settings'
  | 'insert_settings'
  | 'delete_aliases'
  | 'insert_aliases'
  | 'delete_configurable'
  | 'insert_configurable'
  | 'delete_rules'
  | 'update_rules'
  | 'insert_rules'
  | 'delete_conditions'
  | 'put_conditions'
  | 'insert_conditions'
  | 'delete_rollouts'
  | 'update_rollouts'
  | 'insert_rollouts'
  | 'delete_rollout_conditions'
  | 'put_rollout_conditions'
  | 'insert_rollout_conditions'
  | 'delete_members'
  | 'insert_members'
  | `delete_${Owner}_metadata`
  | `put_${Owner}_metadata`
  | 'delete_features'
  | 'order_features';

/** Which rule or rollout of a draft has which place among the new ones. */
export type NewIds = Readonly<{ rules: readonly number[]; rollouts: readonly number[] }>;

/** The rows that a draft changes; none where it leaves everything as it is. Rows that stay as they are are not among them. */
export function* rowsOf(draft: Draft): InSteps<Readonly<{ rows: Rows; added: NewIds }>> {
  const rows = new RowsBuilder();
  addFeatures(rows, draft);
  for (const name of draft.deleted) rows.add('delete_settings', name);
  for (const renaming of draft.renamings) rows.add('rename_settings', renaming);
  for (const setting of draft.changed) {
    if (setting.hasOtherHead) addHead(rows, setting, draft.base.features);
    yield* addRules(rows, setting);
    yield* addRollouts(rows, setting);
    yield;
  }
  return { rows: rows.sections, added: rows.added };
}

class RowsBuilder {
  readonly sections: Partial<Record<Section, unknown[]>> = {};
  readonly added = { rules: [] as number[], rollouts: [] as number[] };

  add(section: Section, row: unknown): void {
    (this.sections[section] ??= []).push(row);
  }

  /** Gives something new its place. */
  place(kind: keyof NewIds, id: number): number {
    return -this.added[kind].push(id);
  }
}

function addFeatures(rows: RowsBuilder, { base, features }: Draft): void {
  const before = [...base.features];
  for (const name of features) if (!base.features.has(name)) rows.add('add_features', name);
  for (const name of before) if (!features.includes(name)) rows.add('delete_features', name);
  if (before.length === features.length && before.every((name, index) => name === features[index])) return;
  for (const name of features) rows.add('order_features', name);
}

const NOTHING: ReadonlyMap<string, JsonText> = new Map();

function addHead(rows: RowsBuilder, { base, head }: DraftSetting, features: ReadonlySet<string>): void {
  const before = base && headOfSetting(base, [...features]);
  const { name, typeText, defaultValue } = head;
  const version = formatVersion(head.version);
  const row = { name, type: typeText, default_value: defaultValue, version };
  if (before === undefined) rows.add('insert_settings', row);
  else if (
    before.typeText !== typeText ||
    before.defaultValue !== defaultValue ||
    formatVersion(before.version) !== version
  ) {
    rows.add('update_settings', row);
  }
  const { gone: gone, come: aliases } = difference(before?.aliases ?? [], head.aliases);
  for (const alias of gone) rows.add('delete_aliases', alias);
  for (const alias of aliases) rows.add('insert_aliases', { setting: name, alias });
  const { gone: removed, come } = difference(before?.configurableFeatures ?? [], head.configurableFeatures);
  for (const context_feature of removed) rows.add('delete_configurable', { setting: name, context_feature });
  for (const context_feature of come) rows.add('insert_configurable', { setting: name, context_feature });
  addMetadata(rows, 'setting', name, before?.metadata ?? NOTHING, head.metadata);
}

function* addRules(rows: RowsBuilder, setting: DraftSetting): InSteps<void> {
  let count = 0;
  for (const [id, rule] of setting.ruleChanges) {
    if (++count % ROWS_PER_STEP === 0) yield;
    if (rule === undefined) rows.add('delete_rules', id);
    else addRule(rows, setting.name, id < 0 ? undefined : setting.baseRule(id), rule);
  }
}

const ROWS_PER_STEP = 256;

function addRule(rows: RowsBuilder, setting: string, before: DraftRule | undefined, rule: DraftRule): void {
  const { value } = rule;
  let { id } = rule;
  if (before === undefined) {
    id = rows.place('rules', id);
    rows.add('insert_rules', { setting, value });
  } else if (before.value !== value) {
    rows.add('update_rules', { id, value });
  }
  addConditions(rows, 'conditions', { rule: id }, before?.conditions, rule.conditions);
  addMetadata(rows, 'rule', id, before?.metadata ?? NOTHING, rule.metadata);
}

function* addRollouts(rows: RowsBuilder, setting: DraftSetting): InSteps<void> {
  for (const [id, rollout] of setting.rolloutChanges) {
    if (rollout === undefined) rows.add('delete_rollouts', id);
    else yield* addRollout(rows, setting.name, id < 0 ? undefined : setting.baseRollout(id), rollout);
  }
}

function* addRollout(
  rows: RowsBuilder,
  setting: string,
  before: DraftRollout | undefined,
  rollout: DraftRollout,
): InSteps<void> {
  let { id } = rollout;
  const row = fieldsOf(rollout);
  if (before === undefined) {
    id = rows.place('rollouts', id);
    rows.add('insert_rollouts', { ...row, setting, feature: rollout.feature });
  } else if (JSON.stringify(fieldsOf(before)) !== JSON.stringify(row)) {
    rows.add('update_rollouts', { id, ...row });
  }
  addConditions(rows, 'rollout_conditions', { rollout: id }, before?.conditions, rollout.conditions);
  addMetadata(rows, 'rollout', id, before?.metadata ?? NOTHING, rollout.metadata);
  const { added, removed } = rollout.members;
  let count = 0;
  for (const [section, units] of [['delete_members', removed] as const, ['insert_members', added] as const]) {
    for (const unit of units) {
      rows.add(section, { rollout: id, unit });
      if (++count % ROWS_PER_STEP === 0) yield;
    }
  }
}

function fieldsOf({ enabled, percentage, ramp, pattern, value, variants, hash, salt }: DraftRollout) {
  const share = percentage === null ? null : String(Number(percentage));
  return { enabled, percentage: share, ramp, pattern, value, variants, hash, salt };
}

function addConditions(
  rows: RowsBuilder,
  table: 'conditions' | 'rollout_conditions',
  owner: Readonly<Record<string, number>>,
  before: DraftRule['conditions'] | undefined,
  now: DraftRule['conditions'],
): void {
  const old = new Map(before?.map((condition) => [featureOf(condition), valueOf(condition)]));
  for (const condition of now) {
    const [context_feature, feature_value] = [featureOf(condition), valueOf(condition)];
    if (old.get(context_feature) !== feature_value) {
      rows.add(`${before === undefined ? 'insert' : 'put'}_${table}`, { ...owner, context_feature, feature_value });
    }
    old.delete(context_feature);
  }
  for (const context_feature of old.keys()) rows.add(`delete_${table}`, { ...owner, context_feature });
}

function addMetadata(rows: RowsBuilder, kind: Owner, owner: string | number, before: Metadata, now: Metadata): void {
  for (const [key, value] of now) {
    const old = before.get(key);
    if (old === undefined || !haveSameJson(old, value)) rows.add(`put_${kind}_metadata`, { owner, key, value });
  }
  for (const key of before.keys()) if (!now.has(key)) rows.add(`delete_${kind}_metadata`, { owner, key });
}

function difference(
  before: readonly string[],
  now: readonly string[],
): Readonly<{ gone: readonly string[]; come: readonly string[] }> {
  const [old, current] = [new Set(before), new Set(now)];
  return { gone: before.filter((one) => !current.has(one)), come: now.filter((one) => !old.has(one)) };
}

import { type ContextFilter } from '@heksher/core';
import { type TestDatabase } from '../database/database.js';

/** All tables as plain SELECTs give them. */
export type Tables = Readonly<{
  features: readonly { name: string; index: number }[];
  settings: readonly { name: string; default_value: string; type: string; version: string }[];
  aliases: readonly { setting: string; alias: string }[];
  rules: readonly { id: number; setting: string; value: string }[];
  conditions: readonly { rule: number; context_feature: string; feature_value: string }[];
  metadata: readonly { rule: number; key: string; value: string }[];
  rollouts: readonly StoredRollout[];
  rolloutConditions: readonly { rule: number; context_feature: string; feature_value: string }[];
  rolloutMembers: readonly { rollout: number; unit: string }[];
  rolloutMetadata: readonly { rule: number; key: string; value: string }[];
}>;

export type StoredRollout = Readonly<{
  id: number;
  setting: string;
  feature: string;
  enabled: boolean;
  percentage: string | null;
  ramp: string | null;
  pattern: string | null;
  value: string | null;
  variants: string | null;
  hash: 'murmur3' | 'crc32';
  salt: string;
}>;

export type Question = Readonly<{
  settings?: readonly string[];
  filter: ContextFilter;
  includeMetadata: boolean;
  includeRollouts?: boolean;
}>;

export async function readTables({ sql }: Pick<TestDatabase, 'sql'>): Promise<Tables> {
  return {
    features: await sql('select name, index from context_features'),
    settings: await sql('select name, default_value, type, version from settings'),
    aliases: await sql('select setting, alias from setting_aliases'),
    rules: await sql('select id, setting, value from rules'),
    conditions: await sql('select rule, context_feature, feature_value from conditions'),
    metadata: await sql('select rule, key, value::text as value from rule_metadata'),
    rollouts: await sql('select * from rollouts'),
    rolloutConditions: await sql('select rollout as rule, context_feature, feature_value from rollout_conditions'),
    rolloutMembers: await sql('select rollout, unit from rollout_members order by unit'),
    rolloutMetadata: await sql('select rollout as rule, key, value::text as value from rollout_metadata'),
  };
}

/** What the contract has the query endpoint answer, made the naive way: the exact body, or undefined for a 404. */
export function referenceBody(tables: Tables, question: Question): string | undefined {
  const all = tables.settings.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1));
  const names = question.settings?.map((name) => canonicalName(tables, name)) ?? all;
  if (names.includes(undefined)) return undefined;
  const settings = [...new Set(names)].map((name) => settingText(tables, name ?? '', question));
  if (question.includeRollouts !== true) return `{"settings":{${settings.join(',')}}}`;
  return `{"settings":{${settings.join(',')}},"context_features":${JSON.stringify(orderedFeatures(tables))}}`;
}

/** The context features, the most specific last. */
export function orderedFeatures({ features }: Tables): readonly string[] {
  const byName = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return features.toSorted((a, b) => a.index - b.index || byName(a.name, b.name)).map(({ name }) => name);
}

function canonicalName({ settings, aliases }: Tables, name: string): string | undefined {
  if (settings.some((setting) => setting.name === name)) return name;
  return aliases.find(({ alias }) => alias === name)?.setting;
}

function settingText(tables: Tables, name: string, question: Question): string {
  const own = tables.rules.filter(({ setting }) => setting === name).sort((a, b) => a.id - b.id);
  const conditioned = own.map((rule) => ({ ...rule, conditions: conditionsOf(tables, rule.id) }));
  const isShadowed = (at: number): boolean => conditioned.slice(0, at).some((older) => equal(older, conditioned[at]));
  const rules = conditioned
    .filter((rule, at) => !isShadowed(at) && isAdmitted(rule.conditions, question.filter))
    .map(({ id, value, conditions }) => {
      const metadata = question.includeMetadata ? `,"metadata":${metadataText(tables, id)}` : '';
      return `{"value":${value},"context_features":${JSON.stringify(conditions)},"rule_id":${id}${metadata}}`;
    });
  const stored = tables.settings.find((setting) => setting.name === name);
  const beginning = `${JSON.stringify(name)}:{"rules":[${rules.join(',')}],"default_value":${stored?.default_value}`;
  if (question.includeRollouts !== true) return `${beginning}}`;
  const rollouts = tables.rollouts.filter(({ setting }) => setting === name).sort((a, b) => a.id - b.id);
  const texts = rollouts.flatMap((rollout) => rolloutText(tables, rollout, question));
  return `${beginning},"type":"${stored?.type}","version":"${stored?.version}","rollouts":[${texts.join(',')}]}`;
}

function rolloutText(tables: Tables, rollout: StoredRollout, { filter, includeMetadata }: Question): string[] {
  if (!isReadable(rollout)) return [];
  const conditions = rolloutConditionsOf(tables, rollout.id);
  if (filter.kind !== 'everything' && !filter.features.has(rollout.feature)) return [];
  if (!isAdmitted(conditions, filter)) return [];
  const members = tables.rolloutMembers.filter((member) => member.rollout === rollout.id).map(({ unit }) => unit);
  const share = rollout.ramp === null ? `"percentage":${Number(rollout.percentage)}` : `"ramp":${rollout.ramp}`;
  const outcome = rollout.variants === null ? `"value":${rollout.value}` : `"variants":${rollout.variants}`;
  const metadata = metadataText({ metadata: tables.rolloutMetadata }, rollout.id);
  return [
    `{"rollout_id":${rollout.id},"feature":${JSON.stringify(rollout.feature)},"context_features":${JSON.stringify(conditions)},` +
      `"enabled":${rollout.enabled},${share},"members":${JSON.stringify(members.length > 1000 ? null : members)},` +
      `"member_count":${members.length},"pattern":${JSON.stringify(rollout.pattern)},${outcome},` +
      `"hash":"${rollout.hash}","salt":${JSON.stringify(rollout.salt)}${includeMetadata ? `,"metadata":${metadata}` : ''}}`,
  ];
}

/** Of what the random writes store, these cannot be read. */
export function isReadable({ pattern, ramp, variants }: StoredRollout): boolean {
  return pattern !== '(' && ramp !== '[1]' && variants !== '[]';
}

type Conditioned = Readonly<{ conditions: readonly (readonly [string, string])[] }>;

function equal(a: Conditioned, b: Conditioned | undefined): boolean {
  return JSON.stringify(a.conditions) === JSON.stringify(b?.conditions);
}

export function rolloutConditionsOf({ rolloutConditions, features }: Tables, id: number): Conditioned['conditions'] {
  return conditionsOf({ conditions: rolloutConditions, features }, id);
}

export function conditionsOf(
  { conditions, features }: Pick<Tables, 'conditions' | 'features'>,
  rule: number,
): Conditioned['conditions'] {
  const indexOf = (name: string): number => features.find((feature) => feature.name === name)?.index ?? NaN;
  return conditions
    .filter((condition) => condition.rule === rule)
    .sort((a, b) => indexOf(a.context_feature) - indexOf(b.context_feature))
    .map(({ context_feature, feature_value }) => [context_feature, feature_value]);
}

function isAdmitted(conditions: Conditioned['conditions'], filter: ContextFilter): boolean {
  if (filter.kind === 'everything') return true;
  for (const [feature, value] of conditions) {
    const admitted = filter.features.get(feature);
    if (admitted === undefined || (admitted !== '*' && !admitted.has(value))) return false;
  }
  return true;
}

function metadataText({ metadata }: Pick<Tables, 'metadata'>, rule: number): string {
  const own = metadata.filter((entry) => entry.rule === rule);
  own.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  return `{${own.map(({ key, value }) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

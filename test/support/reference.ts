import { type ContextFilter } from '@heksher/core';
import { type TestDatabase } from './database.js';

/** All tables as plain SELECTs give them. */
export type Tables = Readonly<{
  features: readonly { name: string; index: number }[];
  settings: readonly { name: string; default_value: string }[];
  aliases: readonly { setting: string; alias: string }[];
  rules: readonly { id: number; setting: string; value: string }[];
  conditions: readonly { rule: number; context_feature: string; feature_value: string }[];
  metadata: readonly { rule: number; key: string; value: string }[];
}>;

export type Question = Readonly<{
  settings?: readonly string[];
  filter: ContextFilter;
  includeMetadata: boolean;
}>;

export async function readTables({ sql }: Pick<TestDatabase, 'sql'>): Promise<Tables> {
  return {
    features: await sql('select name, index from context_features'),
    settings: await sql('select name, default_value from settings'),
    aliases: await sql('select setting, alias from setting_aliases'),
    rules: await sql('select id, setting, value from rules'),
    conditions: await sql('select rule, context_feature, feature_value from conditions'),
    metadata: await sql('select rule, key, value::text as value from rule_metadata'),
  };
}

/** What the contract has the query endpoint answer, made the naive way: the exact body, or undefined for a 404. */
export function referenceBody(tables: Tables, question: Question): string | undefined {
  const all = tables.settings.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1));
  const names = question.settings?.map((name) => canonicalName(tables, name)) ?? all;
  if (names.includes(undefined)) return undefined;
  const settings = [...new Set(names)].map((name) => settingText(tables, name ?? '', question));
  return `{"settings":{${settings.join(',')}}}`;
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
  const defaultValue = tables.settings.find((setting) => setting.name === name)?.default_value;
  return `${JSON.stringify(name)}:{"rules":[${rules.join(',')}],"default_value":${defaultValue}}`;
}

type Conditioned = Readonly<{ conditions: readonly (readonly [string, string])[] }>;

function equal(a: Conditioned, b: Conditioned | undefined): boolean {
  return JSON.stringify(a.conditions) === JSON.stringify(b?.conditions);
}

function conditionsOf({ conditions, features }: Tables, rule: number): Conditioned['conditions'] {
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

function metadataText({ metadata }: Tables, rule: number): string {
  const own = metadata.filter((entry) => entry.rule === rule);
  own.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  return `{${own.map(({ key, value }) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

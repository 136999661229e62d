import {
  compareDeclaration,
  type Declaration,
  type Difference,
  formatJson,
  formatVersion,
  type Json,
  type JsonObject,
  type JsonText,
  parseJson,
  parseStoredVersion,
  type Setting,
  type Uses,
  type Version,
  type Writable,
  writeJson,
} from '@heksher/core';
import { exactly, NO_MEMBERS } from '../api/exact.js';
import { type SettingView } from '../api/queries.js';
import { type Draft, draftOf, emptyDraft, valueOfDraft } from './draft.js';
import { prettyJson } from './pretty-json.js';
import { readType } from './type-text.js';

/** What stands in the form of a declaration; plain data, so that it can be kept. */
export type DeclarationForm = Readonly<{
  name: string;
  type: string;
  value: Draft;
  features: readonly string[];
  /** JSON text of an object. */
  metadata: string;
  note: string;
}>;

export const NEW_DECLARATION: DeclarationForm = {
  name: '',
  type: 'bool',
  value: emptyDraft({ kind: 'bool' }),
  features: [],
  metadata: '{}',
  note: '',
};

export function formOf(
  setting: Pick<SettingView, 'name' | 'type' | 'default_value' | 'configurable_features' | 'metadata'>,
): DeclarationForm {
  const { type } = readType(setting.type);
  return {
    name: setting.name,
    type: setting.type,
    value:
      type === undefined
        ? { kind: 'json', text: formatJson(setting.default_value) }
        : draftOf(type, setting.default_value),
    features: setting.configurable_features,
    metadata: prettyJson(setting.metadata),
    note: '',
  };
}

/** With another type: a default that is of it too is kept. */
export function withType(form: DeclarationForm, text: string): DeclarationForm {
  const { type } = readType(text);
  if (type === undefined) return { ...form, type: text };
  const before = readType(form.type).type;
  const value = before && valueOfDraft(before, form.value);
  const kept = value === undefined ? undefined : draftOf(type, value);
  return { ...form, type: text, value: kept === undefined || kept.kind === 'json' ? emptyDraft(type) : kept };
}

export function readMetadata(text: string): JsonObject | undefined {
  try {
    const json = parseJson(text);
    return json.kind === 'object' ? json : undefined;
  } catch {
    return undefined;
  }
}

/** With a member of metadata that is a text; an empty one is taken away. */
export function withMetadata(form: DeclarationForm, key: string, text: string): DeclarationForm {
  const metadata = readMetadata(form.metadata) ?? NO_MEMBERS;
  const value: Json = { kind: 'string', value: text, text: writeJson(text) };
  const members = new Map(
    text === '' ? [...metadata.members].filter(([name]) => name !== key) : [...metadata.members, [key, value] as const],
  );
  return { ...form, metadata: prettyJson({ kind: 'object', members }) };
}

/** What a form declares at a version; undefined where it is not complete. */
export function declaredBy(form: DeclarationForm, version: Version): Declaration | undefined {
  const { type } = readType(form.type);
  const value = type && valueOfDraft(type, form.value);
  const metadata = readMetadata(form.metadata);
  if (type === undefined || value === undefined || metadata === undefined || form.features.length === 0)
    return undefined;
  return {
    name: form.name,
    type,
    defaultValue: formatJson(value),
    configurableFeatures: form.features,
    metadata: new Map([...metadata.members].map(([key, member]): [string, JsonText] => [key, formatJson(member)])),
    version,
  };
}

const ATTRIBUTES = {
  'the type': ['type'],
  'the default': ['value'],
  'what it is configurable by': ['features'],
  'the metadata': ['metadata'],
} as const satisfies Readonly<Record<string, readonly (keyof DeclarationForm)[]>>;
export type AttributeName = keyof typeof ATTRIBUTES;
const NAMES = Object.keys(ATTRIBUTES) as AttributeName[];

/** An attribute as a text: equal where it says the same, whatever items are called in the form. */
export function attributeText(form: DeclarationForm, name: AttributeName): string {
  if (name === 'the type') return form.type;
  if (name === 'what it is configurable by') return form.features.join(', ');
  if (name === 'the metadata') {
    const metadata = readMetadata(form.metadata);
    return metadata === undefined ? form.metadata : formatJson(metadata);
  }
  const { type } = readType(form.type);
  const value = type && valueOfDraft(type, form.value);
  return value === undefined ? JSON.stringify(form.value) : formatJson(value);
}

/** A form that was begun with what was declared then, upon what is declared now: what was not touched is taken from there. */
export function rebased(
  form: DeclarationForm,
  begun: DeclarationForm,
  now: DeclarationForm,
): Readonly<{ form: DeclarationForm; taken: readonly AttributeName[]; both: readonly AttributeName[] }> {
  const differs = (a: DeclarationForm, b: DeclarationForm) => (name: AttributeName) =>
    attributeText(a, name) !== attributeText(b, name);
  const theirs = NAMES.filter(differs(begun, now));
  const taken = theirs.filter((name) => !differs(begun, form)(name));
  const both = theirs.filter((name) => differs(begun, form)(name) && differs(now, form)(name));
  let rebasedForm = form;
  for (const name of taken) rebasedForm = { ...rebasedForm, ...pick(now, ATTRIBUTES[name]) };
  return { form: rebasedForm, taken, both };
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}

/** A declaration as the service takes it. */
export function bodyOf(form: DeclarationForm, version: string): Readonly<Record<string, Writable>> | undefined {
  const { type } = readType(form.type);
  const value = type && valueOfDraft(type, form.value);
  const metadata = readMetadata(form.metadata);
  if (value === undefined || metadata === undefined) return undefined;
  return {
    name: form.name,
    type: form.type,
    default_value: exactly(value),
    configurable_features: form.features,
    ...(metadata.members.size > 0 && { metadata: exactly(metadata) }),
    version,
  };
}

/** The smallest version that a change may have, with what differs; or why there is none. */
export type NextVersion =
  | Readonly<{ kind: 'none' }>
  | Readonly<{ kind: 'version'; version: string; isMajor: boolean; differences: readonly Difference[] }>
  | Readonly<{ kind: 'never'; differences: readonly Difference[] }>;

export function nextVersion(setting: SettingView, form: DeclarationForm): NextVersion | undefined {
  const now = parseStoredVersion(setting.version);
  const latest = storedOf(setting, now);
  const uses = usesOf(setting);
  const same = declaredBy(form, now);
  if (same === undefined) return undefined;
  if (compareDeclaration(latest, same, uses).kind === 'uptodate') return { kind: 'none' };
  const minor = { ...now, minor: now.minor + 1 };
  for (const version of [minor, { major: now.major + 1, minor: 0 }]) {
    const outcome = compareDeclaration(latest, { ...same, version }, uses);
    if (outcome.kind === 'upgraded')
      return {
        kind: 'version',
        version: formatVersion(version),
        isMajor: version.major > now.major,
        differences: outcome.differences,
      };
    if (outcome.kind === 'rejected' && version !== minor) return { kind: 'never', differences: outcome.differences };
  }
  return undefined;
}

function storedOf(setting: SettingView, version: Version): Setting {
  const metadata = setting.metadata.kind === 'object' ? setting.metadata.members : new Map<string, Json>();
  return {
    name: setting.name,
    type: readType(setting.type).type ?? null,
    typeText: setting.type,
    defaultValue: formatJson(setting.default_value),
    configurableFeatures: setting.configurable_features,
    metadata: new Map([...metadata].map(([key, member]): [string, JsonText] => [key, formatJson(member)])),
    version,
  };
}

function usesOf({ lines }: SettingView): Uses {
  const rules = lines.flatMap((line) =>
    line.kind === 'rule'
      ? [
          {
            id: line.rule_id,
            values: [formatJson(line.value)],
            features: line.feature_values.map(([feature = '']) => feature),
          },
        ]
      : [],
  );
  const rollouts = lines.flatMap((line) => {
    if (line.kind !== 'rollout') return [];
    const values = line.variants?.map(({ value }) => value) ?? (line.value === undefined ? [] : [line.value]);
    return [
      {
        id: line.rollout_id,
        values: values.map(formatJson),
        features: [line.feature, ...Object.keys(line.feature_values)],
      },
    ];
  });
  return { rules, rollouts };
}

import { accepts, formatJson, formatSettingType, formatVersion, parseJson, parseSettingType } from '@heksher/core';
import {
  conditionsInOrder,
  json,
  type Model,
  type ModelSetting,
  type Operation,
  rulesOf,
  settingOf,
} from '../model/model.js';

/** Values of all types, in many spellings. */
export const VALUES: readonly string[] = [
  ...['0', '1', '1.0', '2e0', '-3', '3.5', '1e-7', 'true', 'false', 'null'],
  ...['""', '"a"', '"\\u0000\\ud800"', '"é漢😀"'],
  ...['[]', '["a"]', '["b","a"]', '["a","a"]', '[1, 2]', '[1.50]'],
  ...['{}', '{"2":"b", "1":"a"}', '{"__proto__":"x"}', '{"constructor":[0.10]}'],
];

/** The request with its placeholders filled in. */
export function filledIn(model: Model, { route, params, query, body }: Operation): Operation {
  const known = params?.map((text) => addressed(model, text));
  return {
    route,
    ...(known !== undefined && { params: known }),
    ...(query !== undefined && { query: filledQuery(model, query) }),
    ...(body !== undefined && { body: typeof body === 'string' ? body : filledBody(model, known?.[0], body) }),
  };
}

/** `@2` is the third rule's id, `@setting2` the third name in use, aliases included; both count round. */
function addressed(model: Model, text: string): string {
  const [, what, choice] = /^@(setting)?(\d)$/.exec(text) ?? [];
  if (choice === undefined) return text;
  const ids = model.rules.map(({ id }) => String(id));
  const names = model.settings.flatMap(({ name, aliases }) => [name, ...aliases]);
  const candidates = what === undefined ? ids : names;
  return candidates[Number(choice) % candidates.length] ?? (what === undefined ? '1' : 'e');
}

function filledBody(
  model: Model,
  param: string | undefined,
  body: Readonly<Record<string, string>>,
): Record<string, string> {
  const named = Object.entries(body).map(([member, text]) => [
    member,
    text.startsWith('"@setting') ? quote(addressed(model, text.slice(1, -1))) : text,
  ]);
  const given = Object.fromEntries(named) as Record<string, string>;
  const setting = concerned(model, param, given);
  const type = given['type'] === '@keep' ? quote(setting ? formatSettingType(setting.type) : 'int') : given['type'];
  const filled = Object.entries(given).map(([member, text]) => {
    if (member === 'type' && type !== undefined) return [member, type];
    if (text === '@held') return [member, JSON.stringify(Object.fromEntries(held(model, setting)))];
    if (text === '@keep') return [member, kept(member, type, setting)];
    if (text.startsWith('@fit')) return [member, fit(Number(text.slice(4)), type, setting)];
    return [member, text.startsWith('"@') ? quote(nextVersion(text.slice(2, -1), setting)) : text];
  });
  return Object.fromEntries(filled) as Record<string, string>;
}

function filledQuery(model: Model, query: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const filled = Object.entries(query).map(([name, text]) => [
    name,
    text
      .split(',')
      .map((part) => addressed(model, part))
      .join(','),
  ]);
  const given = Object.fromEntries(filled) as Record<string, string>;
  if (given['feature_values'] !== '@held') return given;
  const conditions = held(model, settingOf(model, given['setting'] ?? ''));
  return { ...given, feature_values: conditions.map((condition) => condition.join(':')).join(',') };
}

/** The conditions of the newest rule of the setting. */
function held(model: Model, setting: ModelSetting | undefined): readonly (readonly [string, string])[] {
  const rule = setting && rulesOf(model, setting).at(-1);
  return rule === undefined ? [['user', 'john']] : conditionsInOrder(model, rule);
}

/** The setting that a request is about, whose rule it is about, or whose alias it has. */
function concerned(
  model: Model,
  param: string | undefined,
  body: Readonly<Record<string, string>>,
): ModelSetting | undefined {
  const rule = model.rules.find(({ id }) => String(id) === param);
  const names = [param, ...['setting', 'name', 'alias'].map((member) => body[member]?.slice(1, -1))];
  return rule?.setting ?? names.map((name) => (name === undefined ? undefined : settingOf(model, name))).find(Boolean);
}

/** A default value is kept only where it fits the type that is given with it. */
function kept(member: string, typeText: string | undefined, setting: ModelSetting | undefined): string {
  if (member === 'default_value') {
    const type = readType(typeText);
    const fits = setting !== undefined && type !== undefined && accepts(type, setting.defaultValue);
    return fits ? formatJson(setting.defaultValue) : fit(0, typeText, setting);
  }
  if (member === 'metadata') return setting ? formatJson(json(setting.metadata)) : '{"k":1}';
  return JSON.stringify(setting?.features ?? ['user', 'theme']);
}

function fit(choice: number, typeText: string | undefined, setting: ModelSetting | undefined): string {
  const type = readType(typeText) ?? setting?.type;
  const fitting = type === undefined ? VALUES : VALUES.filter((text) => accepts(type, parseJson(text)));
  return fitting[choice % fitting.length] ?? 'null';
}

function readType(text: string | undefined) {
  try {
    return text === undefined ? undefined : parseSettingType(String(JSON.parse(text)));
  } catch {
    return undefined;
  }
}

function nextVersion(step: string, setting: ModelSetting | undefined): string {
  const { major, minor } = setting?.version ?? { major: 1, minor: 0 };
  if (setting === undefined || step === 'same') return formatVersion({ major, minor });
  if (step === 'minor') return formatVersion({ major, minor: minor + 1 });
  if (step === 'major') return formatVersion({ major: major + 1, minor: 0 });
  return formatVersion(minor > 0 ? { major, minor: minor - 1 } : { major: Math.max(0, major - 1), minor: 7 });
}

export function quote(text: string): string {
  return JSON.stringify(text);
}

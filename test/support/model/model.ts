import {
  formatSettingType,
  formatVersion,
  type Json,
  jsonEquals,
  parseJson,
  type SettingType,
  type Version,
} from '@heksher/core';
import { type Answer } from '../service/service.js';

/**
 * The contract once more, as naively as it can be put: plain data, one function for each route, no database, no
 * concurrency. What the service answers and stores is compared with it.
 */
export type Model = {
  /** In order. */
  features: string[];
  settings: ModelSetting[];
  rules: ModelRule[];
  lastRuleId: number;
};

export type ModelSetting = {
  name: string;
  type: SettingType;
  defaultValue: Json;
  features: string[];
  metadata: Map<string, Json>;
  aliases: string[];
  version: Version;
};

export type ModelRule = {
  id: number;
  setting: ModelSetting;
  value: Json;
  conditions: Map<string, string>;
  metadata: Map<string, Json>;
};

/** A request in parts: `body` has its members as JSON text, or is a whole text that is no object. */
export type Operation = Readonly<{
  route: string;
  params?: readonly string[];
  query?: Readonly<Record<string, string>>;
  body?: string | Readonly<Record<string, string>>;
}>;

/** What the contract allows as an answer; where several things are wrong with a request, any of their statuses. */
export type Expectation = Readonly<{
  statuses: readonly number[];
  /** Compared as JSON. */
  body?: Json;
  /** Compared exactly; the requests do not ask for JSON. */
  text?: string;
  /** Takes over what only the answer can tell. */
  learn?(answer: Answer): void;
}>;

/** Thrown by a route of the model, before it changes anything. */
export class Refusal extends Error {
  constructor(readonly expectation: Expectation) {
    super(`refused with ${expectation.statuses.join(' or ')}`);
  }
}

/** Each fault is a condition and the status it is answered with. */
export function refuseWhere(...faults: readonly (readonly [isFault: boolean, status: number])[]): void {
  const statuses = faults.filter(([isFault]) => isFault).map(([, status]) => status);
  if (statuses.length > 0) throw new Refusal({ statuses });
}

export const NO_CONTENT: Expectation = { statuses: [204], text: '' };

export function ok(body: Json): Expectation {
  return { statuses: [200], body };
}

/** JavaScript's values and the model's own, Maps as objects, as one JSON value. */
export function json(value: unknown): Json {
  if (isJson(value)) return value;
  if (value instanceof Map) {
    return { kind: 'object', members: new Map([...value].map(([key, member]) => [String(key), json(member)])) };
  }
  if (Array.isArray(value)) return { kind: 'array', items: value.map(json) };
  if (typeof value === 'object' && value !== null) return json(new Map(Object.entries(value)));
  return parseJson(JSON.stringify(value));
}

function isJson(value: unknown): value is Json {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    ('value' in value || 'items' in value || 'members' in value)
  );
}

export function newModel(): Model {
  return { features: [], settings: [], rules: [], lastRuleId: 0 };
}

/** By canonical name or alias. */
export function settingOf(model: Model, name: string): ModelSetting | undefined {
  return model.settings.find((setting) => setting.name === name || setting.aliases.includes(name));
}

export function rulesOf(model: Model, setting: ModelSetting): readonly ModelRule[] {
  return model.rules.filter((rule) => rule.setting === setting);
}

/** Some of the features, in feature order. */
export function inOrder(model: Model, features: Iterable<string>): readonly string[] {
  const wanted = [...features];
  return model.features.filter((feature) => wanted.includes(feature));
}

export function conditionsInOrder(model: Model, rule: ModelRule): readonly (readonly [string, string])[] {
  return inOrder(model, rule.conditions.keys()).map((feature) => [feature, rule.conditions.get(feature) ?? '']);
}

export function sameMetadata(a: ReadonlyMap<string, Json>, b: ReadonlyMap<string, Json>): boolean {
  return jsonEquals(json(a), json(b));
}

/** The attributes of a setting as `GET` shows them. */
export function settingAnswer(model: Model, setting: ModelSetting, isFull: boolean): Json {
  return json({
    name: setting.name,
    type: formatSettingType(setting.type),
    default_value: setting.defaultValue,
    version: formatVersion(setting.version),
    ...(isFull && {
      configurable_features: inOrder(model, setting.features),
      metadata: setting.metadata,
      aliases: [...setting.aliases].sort(),
    }),
  });
}

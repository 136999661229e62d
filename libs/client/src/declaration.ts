import {
  acceptorOf,
  CONTEXT_FEATURE_NAME_RULE,
  FIRST_VERSION,
  formatSettingType,
  formatVersion,
  HeksherError,
  invalid,
  isContextFeatureName,
  isMetadataKey,
  isSettingName,
  type JsonText,
  jsonText,
  METADATA_KEY_RULE,
  parseJson,
  parseNative,
  parseVersion,
  quoted,
  SETTING_NAME_RULE,
  type SettingType,
  type Version,
} from '@heksher/core';
import { jsonTextOf, type JsonValue } from './json.js';
import { type TypeInput } from './types/setting-types.js';
import { settingTypeOf } from './types/type-builders.js';

/** What `setting` takes beside the name. */
export type SettingOptions<Type, Given, Feature extends string, VersionText = string> = Readonly<{
  type: Type;
  /** Context features that rules for the setting may have conditions on; at least one. */
  configurableFeatures: readonly [Feature, ...Feature[]];
  defaultValue: Given;
  /** MAJOR.MINOR, raised when the declaration changes. Default `1.0`. */
  version?: VersionText;
  /** What the setting was called before; given for a rename. */
  alias?: string;
  metadata?: Readonly<Record<string, JsonValue>>;
}>;

/** A declaration as it is sent to the service. */
export type SettingDeclaration = Readonly<{
  name: string;
  type: SettingType;
  configurableFeatures: readonly string[];
  defaultValue: JsonText;
  version: Version;
  alias: string | undefined;
  metadata: Readonly<Record<string, JsonValue>>;
}>;

/** Checks and reads a declaration. Throws 'invalid', naming the setting. */
export function parseDeclaration(
  name: string,
  options: SettingOptions<TypeInput, unknown, string>,
): SettingDeclaration {
  try {
    requireNames(name, options);
    const type = settingTypeOf(options.type);
    return {
      name,
      type,
      configurableFeatures: [...options.configurableFeatures],
      defaultValue: textOfDefault(type, options.defaultValue),
      version: options.version === undefined ? FIRST_VERSION : parseVersion(options.version),
      alias: options.alias,
      metadata: options.metadata ?? {},
    };
  } catch (error) {
    if (!(error instanceof HeksherError)) throw error;
    throw new HeksherError(error.code, `the setting ${quoted(String(name))}: ${error.message}`, { cause: error });
  }
}

function requireNames(name: string, options: SettingOptions<TypeInput, unknown, string>): void {
  const { alias, configurableFeatures: features, metadata = {} } = options;
  if (!isSettingName(name)) throw invalid(`${quoted(name)} is no name; accepted: ${SETTING_NAME_RULE}`, 'name');
  if (alias === name) throw invalid('the alias is the name itself; it is what the setting was called before', 'alias');
  if (alias !== undefined && !isSettingName(alias)) {
    throw invalid(`the alias ${quoted(alias)} is no name; accepted: ${SETTING_NAME_RULE}`, 'alias');
  }
  const nameless = features.find((feature) => !isContextFeatureName(feature));
  if (nameless !== undefined) {
    const message = `${quoted(nameless)} is no name of a context feature; accepted: ${CONTEXT_FEATURE_NAME_RULE}`;
    throw invalid(message, 'configurableFeatures');
  }
  if (features.length === 0 || new Set(features).size < features.length) {
    throw invalid('configurableFeatures is empty or names one twice; accepted: one or more', 'configurableFeatures');
  }
  const key = Object.keys(metadata).find((key) => !isMetadataKey(key));
  if (key !== undefined) {
    throw invalid(`${quoted(key)} is no key of metadata; accepted: ${METADATA_KEY_RULE}`, 'metadata');
  }
}

function textOfDefault(type: SettingType, value: unknown): JsonText {
  const text = jsonTextOf(value);
  if (text !== undefined && acceptorOf(type)(parseJson(text))) return jsonText(text);
  throw invalid(`the default ${text ?? typeof value} is not of the type ${formatSettingType(type)}`, 'defaultValue');
}

/** The body of the request that declares it. */
export function bodyOfDeclaration(declaration: SettingDeclaration): string {
  const { name, type, configurableFeatures, defaultValue, version, alias, metadata } = declaration;
  return JSON.stringify({
    name,
    configurable_features: configurableFeatures,
    type: formatSettingType(type),
    default_value: parseNative(defaultValue) as JsonValue,
    metadata,
    alias,
    version: formatVersion(version),
  });
}

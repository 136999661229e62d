import { type JsonText, type SettingType, type Version } from '@heksher/core';
import { type JsonValue } from './types/json-value.js';
import { type TypeInput } from './types/type-input.js';

/** What `setting` takes beside the name. */
export type SettingOptions<Type extends TypeInput, Given, Feature extends string> = Readonly<{
  type: Type;
  /** Context features that rules for the setting may have conditions on; at least one. */
  configurableFeatures: readonly [Feature, ...Feature[]];
  defaultValue: Given;
  /** MAJOR.MINOR, raised when the declaration changes. Default `1.0`. */
  version?: string;
  /** What the setting was called before; given for a rename. */
  alias?: string;
  metadata?: Readonly<Record<string, JsonValue>>;
}>;

/** A declaration as the service is told of it. */
export type SettingDeclaration = Readonly<{
  name: string;
  type: SettingType;
  configurableFeatures: readonly string[];
  defaultValue: JsonText;
  version: Version;
  alias: string | undefined;
  metadata: Readonly<Record<string, JsonValue>>;
}>;

/** Checks and reads a declaration. Throws 'invalid'. */
export function declarationOf<Value>(
  name: string,
  options: SettingOptions<TypeInput, unknown, string>,
): Readonly<{ declaration: SettingDeclaration; defaultValue: Value }> {
  void name;
  void options;
  throw new Error('not yet');
}

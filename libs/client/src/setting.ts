import { invalid, parseNative, quoted, type SettingType, type Version } from '@heksher/core';
import { type ContextOf, type MissingFeaturePolicy } from './context.js';
import { parseDeclaration, type SettingDeclaration, type SettingOptions } from './declaration.js';
import { type JsonValue } from './json.js';
import { reportUnserved } from './problems.js';
import { type SettingEvaluation, type SettingReader } from './reading.js';
import {
  type CheckedDefault,
  type CheckedSettingName,
  type CheckedType,
  type CheckedVersion,
  type NumeralOf,
} from './types/checks.js';
import { type TypeInput, type ValueOf } from './types/setting-types.js';
import { valueReaderOf } from './values.js';

/**
 * A setting that code relies on. Until a client takes it up, and again where nothing is known of it, its value is the
 * declared default.
 */
export class Setting<out Value, Feature extends string> {
  readonly name: string;
  readonly type: SettingType;
  readonly version: Version;
  readonly configurableFeatures: readonly Feature[];
  /** As it was declared; the service may know a newer one. */
  readonly defaultValue: Value;
  /** What is sent to the service. */
  readonly declaration: SettingDeclaration;
  /** @internal What values come from at the moment: a client, a stub in a test, or the declared default. */
  reader: SettingReader<Value>;

  /** @internal Made by `setting`. */
  constructor(declaration: SettingDeclaration, defaultValue: Value, features: readonly Feature[]) {
    this.declaration = declaration;
    this.name = declaration.name;
    this.type = declaration.type;
    this.version = declaration.version;
    this.configurableFeatures = features;
    this.defaultValue = defaultValue;
    this.reader = defaultReader(declaration.name, defaultValue);
  }

  /**
   * The value in this context, at once and without I/O. Features that are not given come from `withContext` and from the
   * client's `context`; `null` says that the feature has no value. Throws HeksherError 'invalid', of which `errors` names the feature, where
   * one is missing, unless the client's `onMissingFeature` says otherwise; and for a value that is not text, a number or a boolean.
   */
  get(context?: ContextOf<Feature>): Value {
    return this.reader.get(context);
  }

  /** The value in this context, and why it is that. */
  evaluate(context?: ContextOf<Feature>, onMissingFeature?: MissingFeaturePolicy): SettingEvaluation<Value> {
    return this.reader.evaluate(context, onMissingFeature);
  }

  /**
   * As `evaluate`, but where it depends on members of a rollout that only the service knows, the service is asked. Where it
   * does not answer, what is known here is given, with `unlessMemberOf`; this never rejects because of the network.
   */
  resolve(context?: ContextOf<Feature>, onMissingFeature?: MissingFeaturePolicy): Promise<SettingEvaluation<Value>> {
    return this.reader.resolve(context, onMissingFeature);
  }
}

/** Any setting, whatever its values and features. */
export type AnySetting = Setting<unknown, string>;

/**
 * Declares a setting: `setting('cache_size', { type: 'int', configurableFeatures: ['user'], defaultValue: 60 })`. Its type may
 * be a text, or made by Enum, Flags, Sequence and Mapping. Throws 'invalid' for what the service would refuse.
 */
export function setting<
  const Name extends string,
  const Type extends TypeInput,
  const Feature extends string,
  const Numeral extends NumeralOf<Type>,
  const VersionText extends string = '1.0',
>(
  name: CheckedSettingName<Name>,
  options: SettingOptions<CheckedType<Type>, CheckedDefault<Type, Numeral>, Feature, CheckedVersion<VersionText>>,
): Setting<ValueOf<Type>, Feature> {
  const declaration = parseDeclaration(name, options);
  const { type, defaultValue } = declaration;
  const reading = valueReaderOf(type)(parseNative(defaultValue) as JsonValue);
  if (!reading.fits) {
    const message = `the setting ${quoted(name)}: the default ${defaultValue} is beyond 2^53, which JavaScript cannot hold exactly`;
    throw invalid(message, 'defaultValue');
  }
  // The types of TypeScript and those of settings are one grammar, read twice.
  return new Setting(declaration, reading.value as ValueOf<Type>, options.configurableFeatures);
}

/** Reads the declared default, and reports once that no client has anything else. */
function defaultReader<Value>(name: string, value: Value): SettingReader<Value> {
  const evaluation: SettingEvaluation<Value> = { value, reason: 'DEFAULT' };
  let isReported = false;
  const read = (): SettingEvaluation<Value> => {
    if (!isReported) reportUnserved(name);
    isReported = true;
    return evaluation;
  };
  return {
    get: () => read().value,
    evaluate: read,
    resolve: () => Promise.resolve(read()),
    alternatives: () => 'some',
  };
}

import {
  type Condition,
  conditionsKey,
  FEATURE_VALUE_RULE,
  formatSettingType,
  type HeksherError,
  invalid,
  isFeatureValue,
  makeEvaluator,
  parseNative,
  quoted,
} from '@heksher/core';
import { type ContextOf, givenValue } from '../context.js';
import { jsonTextOf, type JsonValue } from '../json.js';
import { type PreparedSetting } from '../resolution/prepare.js';
import { type AnySetting } from '../setting.js';
import { valueReaderOf } from '../values.js';

type GivenRule = Readonly<{ when: ContextOf<string>; value: unknown }>;

/** Checks the rules of a test as the service would, and prepares them. Throws 'invalid', naming the setting. */
export function prepareStub(
  setting: AnySetting,
  contextFeatures: readonly string[] | undefined,
  given: readonly GivenRule[],
  defaultValue: unknown,
): PreparedSetting {
  const features = featuresOf(setting, contextFeatures);
  const rules = given.map(({ when, value }, index) => ({
    id: index + 1,
    conditions: conditionsOf(setting, features, when),
    value: valueOf(setting, value),
  }));
  const keys = rules.map(({ conditions }) => conditionsKey(conditions));
  const second = keys.findIndex((key, index) => keys.indexOf(key) < index);
  if (second >= 0) throw refused(setting, `two rules have the conditions ${keys[second]}`);
  const readDefault = valueOf(setting, defaultValue);
  return {
    evaluator: makeEvaluator<unknown>({ features, defaultValue: readDefault, rules, rollouts: [] }),
    defaultValue: readDefault,
    features: [],
    hasRamp: false,
    alternatives: rules.length > 0 ? 'some' : 'none',
  };
}

function featuresOf(setting: AnySetting, all: readonly string[] | undefined): readonly string[] {
  const { configurableFeatures: own } = setting;
  if (all === undefined) return own;
  const unknown = own.find((feature) => !all.includes(feature));
  if (unknown === undefined) return all.filter((feature) => own.includes(feature));
  throw refused(setting, `its feature ${quoted(unknown)} is not one of contextFeatures (have: ${all.join(', ')})`);
}

function conditionsOf(setting: AnySetting, features: readonly string[], when: GivenRule['when']): readonly Condition[] {
  const values = new Map<string, string>();
  for (const feature of Object.keys(when)) {
    const value = givenValue(when, feature);
    if (value === undefined || value === null) continue;
    if (!features.includes(feature)) {
      throw refused(setting, `it is not configurable by ${quoted(feature)} (have: ${features.join(', ')})`);
    }
    if (!isFeatureValue(value)) {
      throw refused(setting, `${quoted(value)} is no value of ${feature}; accepted: ${FEATURE_VALUE_RULE}`);
    }
    values.set(feature, value);
  }
  return features.flatMap((feature) => {
    const value = values.get(feature);
    return value === undefined ? [] : [[feature, value] as const];
  });
}

/** As a client would hand it out: frozen, and Flags as a set. */
function valueOf(setting: AnySetting, value: unknown): unknown {
  const text = jsonTextOf(value);
  const reading = text === undefined ? undefined : valueReaderOf(setting.type)(parseNative(text) as JsonValue);
  if (reading?.fits === true && !reading.isCoerced) return reading.value;
  throw refused(setting, `the value ${text ?? typeof value} is not of the type ${formatSettingType(setting.type)}`);
}

function refused(setting: AnySetting, why: string): HeksherError {
  return invalid(`the setting ${quoted(setting.name)}: ${why}`);
}

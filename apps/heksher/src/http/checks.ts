import {
  FEATURE_VALUE_RULE,
  hasUnstorableText,
  HeksherError,
  isContextFeatureName,
  isFeatureValue,
  isMetadataKey,
  isSettingName,
  type Json,
  parseSettingType,
  parseVersion,
} from '@heksher/core';
import { Transform } from 'class-transformer';
import { registerDecorator } from 'class-validator';
import { BOOLEAN_RULE, parseBoolean } from './boolean.js';

/** A member that `problemOf` finds nothing wrong with; what it returns otherwise completes "`name` must be …". */
function Checked(name: string, problemOf: (value: unknown) => string | undefined): PropertyDecorator {
  return (target, key) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(key),
      validator: {
        validate: (value: unknown) => problemOf(value) === undefined,
        defaultMessage: (argument) => `${String(key)} must be ${problemOf(argument?.value) ?? 'valid'}`,
      },
    });
  };
}

/** The text of a value for an error message, cut where it is long. */
function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function textWith(isValid: (text: string) => boolean, description: string) {
  return (value: unknown): string | undefined =>
    typeof value === 'string' && isValid(value) ? undefined : `${description}; given: ${show(value)}`;
}

function textThatParses(parse: (text: string) => unknown, description: string) {
  return (value: unknown): string | undefined => {
    if (typeof value !== 'string') return `${description}; given: ${show(value)}`;
    try {
      parse(value);
      return undefined;
    } catch (error) {
      if (!(error instanceof HeksherError)) throw error;
      return `${description}; given: ${show(value)} (${error.message})`;
    }
  };
}

const SETTING_NAME = 'the name of a setting: 1 to 255 letters, digits, "_" and "."';
const FEATURE_NAME = 'the name of a context feature: 1 to 255 letters, digits and "_"';

export const IsSettingName = () => Checked('isSettingName', textWith(isSettingName, SETTING_NAME));

export const IsContextFeatureName = () => Checked('isContextFeatureName', textWith(isContextFeatureName, FEATURE_NAME));

/** The name of a setting that may be an odd one of an adopted database: any text. */
export const IsText = () =>
  Checked(
    'isText',
    textWith(() => true, 'a text'),
  );

export const IsVersionText = () => Checked('isVersion', textThatParses(parseVersion, 'a version such as "1.0"'));

export const IsSettingTypeText = () =>
  Checked('isSettingType', textThatParses(parseSettingType, 'a setting type such as "int" or "Sequence<str>"'));

/** A non-empty list of context features without repeats. */
export const IsContextFeatureList = () =>
  Checked('isContextFeatureList', (value) => {
    const description = 'a non-empty list of context features without repeats';
    if (!Array.isArray(value) || value.length === 0) return `${description}; given: ${show(value)}`;
    const list: readonly unknown[] = value;
    const odd = list.find((name) => typeof name !== 'string' || !isContextFeatureName(name));
    if (odd !== undefined) return `${description}; ${show(odd)} is not ${FEATURE_NAME}`;
    const repeated = list.find((name, position) => list.indexOf(name) !== position);
    return repeated === undefined ? undefined : `${description}; ${show(repeated)} stands in it more than once`;
  });

/**
 * A member that `read` takes without throwing `invalid`, whose message is then the problem, after the part of the member
 * it is about. On a member of a body use it with KeepJson, and `read` gets the Json; a parameter of a query it gets as it
 * came.
 */
export const IsReadBy =
  <Given>(read: (given: Given) => unknown): PropertyDecorator =>
  (target, key) => {
    const problemOf = (given: unknown): string | undefined => {
      try {
        read(given as Given);
        return undefined;
      } catch (error) {
        if (!(error instanceof HeksherError) || error.code !== 'invalid') throw error;
        const field = error.errors[0]?.field;
        return field === undefined || field === key ? error.message : `${field}: ${error.message}`;
      }
    };
    registerDecorator({
      name: 'isReadBy',
      target: target.constructor,
      propertyName: String(key),
      validator: {
        validate: (value: unknown) => problemOf(value) === undefined,
        defaultMessage: (argument) => problemOf(argument?.value) ?? '',
      },
    });
  };

/** Any JSON value, null included; only its absence is refused. Use with KeepJson. */
export const IsAnyJson = () =>
  Checked('isJson', (value) => (value === undefined ? 'given: any JSON value' : undefined));

/** An object of metadata, keys by their rule; with `orNull`, null as well. Use with KeepJson. */
export const IsMetadata = ({ orNull = false } = {}) =>
  Checked('isMetadata', (value) => {
    const description = 'an object of metadata, its keys 1 to 255 letters, digits, "_" and "-"';
    const json = value as Json | undefined;
    if (orNull && json?.kind === 'null') return undefined;
    if (json?.kind !== 'object') return `${description}; given: ${json === undefined ? 'missing' : `a ${json.kind}`}`;
    const odd = [...json.members.keys()].find((key) => !isMetadataKey(key));
    if (odd !== undefined) return `${description}; ${show(odd)} is no such key`;
    return hasUnstorableText(json) ? `${description}; ${UNSTORABLE}` : undefined;
  });

/** One value of metadata. Use with KeepJson. */
export const IsMetadataValue = () =>
  Checked('isMetadataValue', (value) => {
    const json = value as Json | undefined;
    if (json === undefined) return 'given: any JSON value';
    return hasUnstorableText(json) ? `a JSON value; ${UNSTORABLE}` : undefined;
  });

const UNSTORABLE = 'metadata cannot hold U+0000 or a lone surrogate';

/** Conditions: an object from context feature to the value it must have, empty only with `orNone`. Use with KeepJson. */
export const IsFeatureValues = ({ orNone = false } = {}) =>
  Checked('isFeatureValues', (value) => {
    const description = `${orNone ? 'an' : 'a non-empty'} object from context features to their values`;
    const json = value as Json | undefined;
    if (json?.kind !== 'object') return `${description}; given: ${json === undefined ? 'missing' : `a ${json.kind}`}`;
    if (json.members.size === 0 && !orNone) return `${description}; given: {}`;
    for (const [feature, member] of json.members) {
      if (!isContextFeatureName(feature)) return `${description}; ${show(feature)} is not ${FEATURE_NAME}`;
      if (member.kind !== 'string') return `${description}; the value of ${show(feature)} is a ${member.kind}`;
      if (!isFeatureValue(member.value)) {
        return `${description}; ${show(member.value)} is no value: ${FEATURE_VALUE_RULE}`;
      }
    }
    return undefined;
  });

/** A boolean of a query string, from the texts that `parseBoolean` takes. */
export const IsBooleanParameter = (): PropertyDecorator => {
  const problemOf = textThatParses(parseBoolean, `a boolean: ${BOOLEAN_RULE}`);
  const toBoolean = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && problemOf(value) === undefined ? parseBoolean(value) : value,
  );
  const isBoolean = Checked('isBoolean', (value) => (typeof value === 'boolean' ? undefined : problemOf(value)));
  return (target, key) => {
    toBoolean(target, key);
    isBoolean(target, key);
  };
};

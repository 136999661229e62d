import {
  type Condition,
  CONTEXT_FEATURE_NAME_RULE,
  FEATURE_VALUE_RULE,
  formatJson,
  hasUnstorableText,
  type HeksherError,
  invalid,
  isContextFeatureName,
  isMetadataKey,
  isSettingName,
  type Json,
  type JsonText,
  METADATA_KEY_RULE,
  parseCondition,
  parseSettingType,
  parseVersion,
  quoted,
  SETTING_NAME_RULE,
  type SettingType,
  shortened,
  type Version,
  pointerTo,
} from '@heksher/core';
import { type Metadata } from '@heksher/ruleset';
import { parseBoolean } from './boolean.js';
import { readEach, type Reader } from './parsed.js';

/** The text of a value for an error message, cut where it is long. */
export function show(json: Json): string {
  if ('value' in json) return shortened(json.text);
  return json.kind === 'array' ? `a list of ${json.items.length}` : `an object of ${json.members.size}`;
}

/** A member that is not what is accepted. */
export function unacceptable(field: string, accepted: string, given: Json): HeksherError {
  return invalid(`${field} must be ${accepted}; given: ${show(given)}`, field);
}

/** A text that `parse` can read; where it cannot, it returns undefined, or throws `invalid`. */
export function text<T>(field: string, accepted: string, parse: (text: string) => T | undefined): Reader<T> {
  const read = (given: Json): T => {
    const parsed = given.kind === 'string' ? parse(given.value) : undefined;
    if (parsed === undefined) throw unacceptable(field, accepted, given);
    return parsed;
  };
  return { accepted, read };
}

const FEATURE_NAME = `the name of a context feature: ${CONTEXT_FEATURE_NAME_RULE}`;

const such = (isSuch: (text: string) => boolean) => (given: string) => (isSuch(given) ? given : undefined);

export const settingName = (field: string): Reader<string> =>
  text(field, `the name of a setting: ${SETTING_NAME_RULE}`, such(isSettingName));

export const featureName = (field: string): Reader<string> => text(field, FEATURE_NAME, such(isContextFeatureName));

/** Any text: the name of a setting or feature may be an odd one of an adopted database. */
export const anyText = (field: string): Reader<string> => text(field, 'a text', (given) => given);

export const settingType: Reader<SettingType> = text(
  'type',
  'a setting type such as "int" or "Sequence<str>"',
  (given) => parseSettingType(given),
);

/** A text, or a JSON number, whose text counts. */
export const version = {
  accepted: 'a version such as "1.0"',
  read: (given: Json): Version => {
    if (given.kind === 'string') return parseVersion(given.value);
    if (given.kind === 'number') return parseVersion(given.text);
    throw unacceptable('version', version.accepted, given);
  },
} satisfies Reader<Version>;

/** A boolean of a query string. */
export const booleanParameter = (field: string): Reader<boolean> =>
  text(field, 'a boolean such as true or false', (given) => parseBoolean(given));

/** Null stands for itself. */
export const orNull = <T>({ read }: Reader<T>): Reader<T | null> => ({
  read: (given) => (given.kind === 'null' ? null : read(given)),
});

const FEATURE_LIST = 'a non-empty list of context features without repeats';

/** A non-empty list of names of context features without repeats. */
export const featureList: Reader<readonly string[]> = {
  accepted: FEATURE_LIST,
  read: (given) => {
    const field = 'configurable_features';
    if (given.kind !== 'array' || given.items.length === 0) throw unacceptable(field, FEATURE_LIST, given);
    const seen = new Set<string>();
    return readEach(given.items, (item, index, problems) => {
      if (item.kind !== 'string' || !isContextFeatureName(item.value)) {
        const message = `${field} must be ${FEATURE_LIST}; ${show(item)} is not ${FEATURE_NAME}`;
        return problems.refuse(() => invalid(message, field, { pointer: pointerTo(field, index) }));
      }
      if (seen.has(item.value)) {
        const message = `${field} must be ${FEATURE_LIST}; ${quoted(item.value)} stands in it more than once`;
        return problems.refuse(() => invalid(message, field, { pointer: pointerTo(field, index), code: 'repeated' }));
      }
      seen.add(item.value);
      return item.value;
    });
  },
};

/** Any JSON value, null included; only its absence is refused. */
export const anyJson: Reader<Json> = { accepted: 'given: any JSON value', read: (given) => given };

const UNSTORABLE = 'metadata cannot hold U+0000, a lone surrogate, or a number of more than 16383 decimals';

const METADATA = `an object of metadata, its keys ${METADATA_KEY_RULE}`;

/** The members of an object of metadata, their values as text. */
export const metadata: Reader<Metadata> = {
  accepted: METADATA,
  read: (given) => {
    if (given.kind !== 'object') throw unacceptable('metadata', METADATA, given);
    const entries = readEach(given.members, ([key, value], _index, problems): [string, JsonText] | undefined => {
      if (!isMetadataKey(key)) {
        const message = `metadata must be ${METADATA}; ${quoted(key)} is no such key`;
        return problems.refuse(() => invalid(message, 'metadata', { pointer: pointerTo('metadata', key) }));
      }
      if (hasUnstorableText(value)) {
        return problems.refuse(() =>
          invalid(`${UNSTORABLE}; given in ${quoted(key)}`, 'metadata', { pointer: pointerTo('metadata', key) }),
        );
      }
      return [key, formatJson(value)];
    });
    return new Map(entries);
  },
};

/** One value of metadata. */
export const metadataValue: Reader<JsonText> = {
  accepted: 'given: any JSON value',
  read: (given) => {
    if (hasUnstorableText(given)) throw invalid(UNSTORABLE, 'value');
    return formatJson(given);
  },
};

/** Conditions: an object from context features to the values they must have, empty only with `orNone`. */
export const featureValues = ({ orNone = false, field = 'feature_values' } = {}): Reader<readonly Condition[]> => {
  const accepted = `${orNone ? 'an' : 'a non-empty'} object from context features to their values`;
  const read = (given: Json): readonly Condition[] => {
    if (given.kind !== 'object') throw unacceptable(field, accepted, given);
    if (given.members.size === 0 && !orNone) throw invalid(`${field} must be ${accepted}; given: {}`, field);
    return readEach(given.members, ([feature, value], _index, problems): Condition | undefined => {
      if (!isContextFeatureName(feature)) {
        const message = `${field} must be ${accepted}; ${quoted(feature)} is not ${FEATURE_NAME}`;
        return problems.refuse(() => invalid(message, field, { pointer: pointerTo(field, feature) }));
      }
      const condition = parseCondition(feature, value);
      if (condition !== undefined) return condition;
      const message = `the value of ${quoted(feature)} must be ${FEATURE_VALUE_RULE}; given: ${show(value)}`;
      return problems.refuse(() => invalid(message, field, { pointer: pointerTo(field, feature) }));
    });
  };
  return { accepted, read };
};

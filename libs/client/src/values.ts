import { type SettingType } from '@heksher/core';
import { isList, isPrimitive, type JsonValue } from './json.js';

/**
 * What a parsed JSON value is as a value of a setting, frozen all the way down. `isCoerced`: of Flags, options that the
 * type does not have were left out; nothing else is made to fit.
 */
export type Reading = Readonly<{ fits: true; value: unknown; isCoerced: boolean }> | Readonly<{ fits: false }>;

export type ValueReader = (json: JsonValue) => Reading;

const MISFIT: Reading = { fits: false };

/** Prepares reading values of a type. Numbers are as JSON.parse gives them; one that overflows a double fits no type. */
export function valueReaderOf(type: SettingType): ValueReader {
  switch (type.kind) {
    case 'int':
      return plain((json) => Number.isSafeInteger(json));
    case 'float':
      return plain((json) => Number.isFinite(json));
    case 'str':
      return plain((json) => typeof json === 'string');
    case 'bool':
      return plain((json) => typeof json === 'boolean');
    case 'enum': {
      const options = optionsOf(type.options);
      return plain((json) => options.has(json));
    }
    case 'flags':
      return flagsOf(optionsOf(type.options));
    case 'sequence':
      return sequenceOf(valueReaderOf(type.item));
    case 'mapping':
      return mappingOf(valueReaderOf(type.item));
  }
}

/** Without those that JavaScript would round to another number. */
function optionsOf(texts: readonly string[]): ReadonlySet<JsonValue> {
  const exact = texts.filter((text) => JSON.stringify(JSON.parse(text)) === text);
  return new Set(exact.map((text) => JSON.parse(text) as JsonValue));
}

function plain(fits: (json: JsonValue) => boolean): ValueReader {
  return (json) => (fits(json) ? { fits: true, value: json, isCoerced: false } : MISFIT);
}

function flagsOf(options: ReadonlySet<JsonValue>): ValueReader {
  return (json) => {
    if (!isList(json) || !json.every(isPrimitive)) return MISFIT;
    const known = json.filter((option) => options.has(option));
    return { fits: true, value: frozenSet(known), isCoerced: known.length < json.length };
  };
}

function sequenceOf(readItem: ValueReader): ValueReader {
  return (json) => {
    if (!isList(json)) return MISFIT;
    const read = readAll(json, readItem);
    if (read === undefined) return MISFIT;
    return { fits: true, value: Object.freeze(read.values), isCoerced: read.isCoerced };
  };
}

function mappingOf(readItem: ValueReader): ValueReader {
  return (json) => {
    if (json === null || typeof json !== 'object' || isList(json)) return MISFIT;
    const keys = Object.keys(json);
    const read = readAll(Object.values(json), readItem);
    if (read === undefined) return MISFIT;
    // Unlike assignment, fromEntries makes a member of a key such as __proto__.
    const value = Object.fromEntries(keys.map((key, index) => [key, read.values[index]]));
    return { fits: true, value: Object.freeze(value), isCoerced: read.isCoerced };
  };
}

/** Undefined where one does not fit. */
function readAll(
  items: readonly JsonValue[],
  readItem: ValueReader,
): { values: unknown[]; isCoerced: boolean } | undefined {
  const values: unknown[] = [];
  let isCoerced = false;
  for (const item of items) {
    const reading = readItem(item);
    if (!reading.fits) return undefined;
    values.push(reading.value);
    isCoerced ||= reading.isCoerced;
  }
  return { values, isCoerced };
}

/**
 * Whether it holds an integer beyond ±(2^53−1). JavaScript has no exact number for all of these, and JSON.parse takes the
 * nearest one that it has.
 */
export function hasUnsafeInteger(json: JsonValue): boolean {
  if (typeof json === 'number') return Number.isInteger(json) && !Number.isSafeInteger(json);
  if (isPrimitive(json)) return false;
  return (isList(json) ? json : Object.values(json)).some(hasUnsafeInteger);
}

function refuse(): never {
  throw new TypeError('the value of a setting cannot be changed; take a copy: new Set(value)');
}

const REFUSED: PropertyDescriptorMap = { add: { value: refuse }, delete: { value: refuse }, clear: { value: refuse } };

/** A set that refuses changes when the program runs, too. It is a plain Set, so that tests find it equal to others. */
function frozenSet<T>(items: Iterable<T>): ReadonlySet<T> {
  return Object.freeze(Object.defineProperties(new Set(items), REFUSED));
}

import {
  formatSettingType,
  invalid,
  listed,
  parseSettingType,
  parseStoredSettingType,
  quoted,
  sameType,
} from '@heksher/core';
import { type ParameterReader } from '../../http/parameters.js';

export const LARGEST_PAGE = 1_000;
export const USUAL_PAGE = 100;

export const anyText: ParameterReader<string> = (text) => text;

export const limit: ParameterReader<number> = (text, name) => {
  const count = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= LARGEST_PAGE) return count;
  throw invalid(`${name} must be a whole number from 1 to ${LARGEST_PAGE}; given: ${quoted(text)}`, name);
};

const asIs = (text: string): string => text;

/** One of these texts. */
export const oneOf =
  <T extends string>(accepted: readonly T[]): ParameterReader<T> =>
  (text, name) => {
    const found = accepted.find((one) => one === text);
    if (found !== undefined) return found;
    const all = listed(accepted, asIs, accepted.length);
    throw invalid(`${name} must be one of ${all}; given: ${quoted(text)}`, name);
  };

/** Some of these texts, separated by commas. */
export const someOf =
  <T extends string>(accepted: readonly T[]): ParameterReader<ReadonlySet<T>> =>
  (text, name) => {
    const read = oneOf(accepted);
    return new Set(text.split(',').map((one) => read(one, name)));
  };

const GENERIC = /^(Enum|Flags|Sequence|Mapping)$/;

/** A type, or the name alone of one that takes parameters: gives whether the text of a stored type is such. */
export const typeFilter: ParameterReader<(stored: string) => boolean> = (text) => {
  if (GENERIC.test(text)) return (stored) => stored.startsWith(text);
  const wanted = parseSettingType(text);
  const known = new Map([[formatSettingType(wanted), true]]);
  return (stored) => {
    const before = known.get(stored);
    if (before !== undefined) return before;
    const type = parseStoredSettingType(stored);
    const isSame = type !== null && sameType(type, wanted);
    known.set(stored, isSame);
    return isSame;
  };
};

import { type Cursor, expected, parseWhole, skipSpace, take, takeWhile } from './cursor.js';
import { HeksherError, invalid } from './errors.js';
import { jsonKeyOf } from './json-key.js';
import { takeJson } from './json-parser.js';
import { type SettingType } from './setting-type.js';

/** Maximum nesting of Sequence and Mapping: `Sequence<Mapping<int>>` is 2 deep. */
export const MAX_TYPE_DEPTH = 32;

const LANGUAGE = {
  noun: 'a setting type',
  accepted:
    'int, float, str, bool, Enum[…] and Flags[…] of a JSON list of strings, numbers and booleans, Sequence<type>, Mapping<type>',
  field: 'type',
};

/** Bounds of declared types, so that comparing and writing one takes milliseconds at most. */
export const MOST_OPTIONS = 2_000;
export const LONGEST_TYPE = 65_536;

/**
 * Reads the text of a type, canonical or not: `Enum [2, 1.0]`, `Sequence < int >`. White space may stand between a
 * name and its parameter, and around what stands in brackets. Throws 'invalid'.
 */
export function parseSettingType(text: string): SettingType {
  if (text.length > LONGEST_TYPE) {
    throw invalid(`a setting type has at most ${LONGEST_TYPE} characters; given: ${text.length}`, 'type');
  }
  const type = parseType(text);
  const count = optionCount(type);
  if (count <= MOST_OPTIONS) return type;
  throw invalid(`a setting type has at most ${MOST_OPTIONS} options; given: ${count}`, 'type');
}

/** Reads a type that another writer stored, of any size; null where it is not a type. */
export function parseStoredSettingType(text: string): SettingType | null {
  try {
    return parseType(text);
  } catch (error) {
    if (error instanceof HeksherError) return null;
    throw error;
  }
}

function parseType(text: string): SettingType {
  return parseWhole(text, LANGUAGE, (cursor) => takeType(cursor, 0));
}

function optionCount(type: SettingType): number {
  if ('item' in type) return optionCount(type.item);
  return 'options' in type ? type.options.length : 0;
}

function takeType(cursor: Cursor, depth: number): SettingType {
  const start = cursor.at;
  const name = takeWhile(cursor, (char) => /[a-zA-Z]/.test(char));
  switch (name) {
    case 'int':
    case 'float':
    case 'str':
    case 'bool':
      return { kind: name };
    case 'Enum':
      return { kind: 'enum', options: takeOptions(cursor) };
    case 'Flags':
      return { kind: 'flags', options: takeOptions(cursor) };
    case 'Sequence':
      return { kind: 'sequence', item: takeParameter(cursor, depth) };
    case 'Mapping':
      return { kind: 'mapping', item: takeParameter(cursor, depth) };
    default:
      throw invalid(expected('the name of a type', { text: cursor.text, at: start }));
  }
}

/** JSON equality decides what is a repeat: 1 and 1.0 are one option; 1, "1" and true are three. */
function takeOptions(cursor: Cursor): readonly string[] {
  skipSpace(cursor);
  const list = takeJson(cursor);
  if (list.kind !== 'array') throw invalid('the options are not a JSON list');
  const odd = list.items.find(({ kind }) => kind === 'null' || kind === 'array' || kind === 'object');
  if (odd !== undefined) {
    const what = odd.kind === 'null' ? 'null' : `an ${odd.kind}`;
    throw invalid(`an option is ${what}, not a string, number or boolean`);
  }
  return [...new Set(list.items.map(jsonKeyOf))].sort();
}

function takeParameter(cursor: Cursor, depth: number): SettingType {
  if (depth >= MAX_TYPE_DEPTH) throw invalid(`nested deeper than ${MAX_TYPE_DEPTH} levels`);
  skipSpace(cursor);
  if (!take(cursor, '<')) throw invalid(expected('"<"', cursor));
  skipSpace(cursor);
  const item = takeType(cursor, depth + 1);
  skipSpace(cursor);
  if (!take(cursor, '>')) throw invalid(expected('">"', cursor));
  return item;
}

import { type Json } from './json.js';
import { jsonKeyOf } from './json-key.js';
import { isWholeNumber } from './json-number.js';

/** What values a setting takes. Options are JSON texts, each the jsonKeyOf of its value, sorted and without repeats. */
export type SettingType =
  | Readonly<{ kind: 'int' | 'float' | 'str' | 'bool' }>
  | Readonly<{ kind: 'enum' | 'flags'; options: readonly string[] }>
  | Readonly<{ kind: 'sequence' | 'mapping'; item: SettingType }>;

const NAMES = {
  int: 'int',
  float: 'float',
  str: 'str',
  bool: 'bool',
  enum: 'Enum',
  flags: 'Flags',
  sequence: 'Sequence',
  mapping: 'Mapping',
} as const satisfies Record<SettingType['kind'], string>;

/** The canonical text, without white space: `Enum["maybe",false,true]`, `Sequence<Mapping<int>>`. */
export function formatSettingType(type: SettingType): string {
  if ('options' in type) return `${NAMES[type.kind]}[${type.options.join(',')}]`;
  if ('item' in type) return `${NAMES[type.kind]}<${formatSettingType(type.item)}>`;
  return NAMES[type.kind];
}

export function sameType(a: SettingType, b: SettingType): boolean {
  return formatSettingType(a) === formatSettingType(b);
}

/**
 * Whether `a` is strictly narrower than `b`: int is narrower than float, an Enum or Flags than one of the same kind
 * with more options, Sequence and Mapping follow their parameter; all else is unordered. A strict partial order.
 */
export function isSubtype(a: SettingType, b: SettingType): boolean {
  switch (a.kind) {
    case 'int':
      return b.kind === 'float';
    case 'float':
    case 'str':
    case 'bool':
      return false;
    case 'enum':
    case 'flags':
      return a.kind === b.kind && isProperSubset(a.options, b.options);
    case 'sequence':
    case 'mapping':
      return a.kind === b.kind && isSubtype(a.item, b.item);
  }
}

function isProperSubset(a: readonly string[], b: readonly string[]): boolean {
  if (a.length >= b.length) return false;
  const larger = new Set(b);
  return a.every((option) => larger.has(option));
}

/** Whether `value` is of this type. For many values of one type, make its acceptor once. */
export function accepts(type: SettingType, value: Json): boolean {
  return acceptorOf(type)(value);
}

/** The test of membership in a type, prepared so that its cost does not grow with the number of options. */
export function acceptorOf(type: SettingType): (value: Json) => boolean {
  switch (type.kind) {
    case 'int':
      return (value) => value.kind === 'number' && isWholeNumber(value.text);
    case 'float':
      return (value) => value.kind === 'number';
    case 'str':
      return (value) => value.kind === 'string';
    case 'bool':
      return (value) => value.kind === 'boolean';
    case 'enum':
      return optionOf(type.options);
    case 'flags':
      return listWithoutRepeats(optionOf(type.options));
    case 'sequence':
      return sequenceOf(acceptorOf(type.item));
    case 'mapping':
      return mappingOf(acceptorOf(type.item));
  }
}

function optionOf(options: readonly string[]): (value: Json) => boolean {
  const known = new Set(options);
  return (value) => 'value' in value && known.has(jsonKeyOf(value));
}

function listWithoutRepeats(isOption: (value: Json) => boolean): (value: Json) => boolean {
  return (value) => {
    if (value.kind !== 'array' || !value.items.every(isOption)) return false;
    return new Set(value.items.map(jsonKeyOf)).size === value.items.length;
  };
}

function sequenceOf(isItem: (value: Json) => boolean): (value: Json) => boolean {
  return (value) => value.kind === 'array' && value.items.every(isItem);
}

function mappingOf(isItem: (value: Json) => boolean): (value: Json) => boolean {
  return (value) => value.kind === 'object' && [...value.members.values()].every(isItem);
}

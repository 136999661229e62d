import { formatSettingType, parseSettingType, type SettingType } from '@heksher/core';
import { type CheckedType } from './checks.js';
import {
  type EnumReadings,
  type FlagsReadings,
  type MappingReadings,
  type ReadingsOf,
  type SequenceReadings,
  type TypedType,
  type TypeInput,
} from './setting-types.js';

type Option = boolean | number | string;

/** One of the options: `Enum('low', 'high')` is read as `'low' | 'high'`. */
export function Enum<const Options extends readonly [Option, ...Option[]]>(
  ...options: Options
): TypedType<EnumReadings<Options[number]>> {
  return typed(parseSettingType(`Enum${JSON.stringify(options)}`));
}

/** Any number of the options: `Flags('a', 'b')` is read as `ReadonlySet<'a' | 'b'>`. */
export function Flags<const Options extends readonly [Option, ...Option[]]>(
  ...options: Options
): TypedType<FlagsReadings<Options[number]>> {
  return typed(parseSettingType(`Flags${JSON.stringify(options)}`));
}

/** A list: `Sequence('int')` is read as `readonly number[]`. */
export function Sequence<const Item extends TypeInput>(
  item: CheckedType<Item>,
): TypedType<SequenceReadings<ReadingsOf<Item>>> {
  return typed({ kind: 'sequence', item: settingTypeOf(item) });
}

/** An object of any keys: `Mapping('int')` is read as `Readonly<Record<string, number>>`. */
export function Mapping<const Item extends TypeInput>(
  item: CheckedType<Item>,
): TypedType<MappingReadings<ReadingsOf<Item>>> {
  return typed({ kind: 'mapping', item: settingTypeOf(item) });
}

/** The type that is meant. Throws 'invalid' for a text that is no type. */
export function settingTypeOf(input: TypeInput): SettingType {
  return parseSettingType(typeof input === 'string' ? input : input.text);
}

function typed<R>(type: SettingType): TypedType<R> {
  return { text: formatSettingType(type) };
}

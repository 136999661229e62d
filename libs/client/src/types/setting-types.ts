import { type JsonValue } from '../json.js';

declare const readings: unique symbol;

/** What a type means in TypeScript: what reading gives, and what may be given as a default. It exists in types only. */
export type Readings<Value, Given> = Readonly<{ value: Value; given: Given }>;

/** A setting type made by Enum, Flags, Sequence or Mapping, which knows what it means in TypeScript. */
export type TypedType<R> = Readonly<{ text: string; [readings]?: R }>;

/** A setting type as code gives it: its text, such as `'int'`, or what Enum, Flags, Sequence and Mapping make. */
export type TypeInput = string | TypedType<Readings<unknown, unknown>>;

/** Of a text that is known only when the program runs, nothing is known but that values are JSON, and Flags are sets. */
export type ReadingsOf<T extends TypeInput> = T extends string
  ? string extends T
    ? Readings<unknown, JsonValue | ReadonlySet<JsonValue>>
    : ReadingsOfText<T>
  : T extends TypedType<infer R>
    ? R
    : never;

/** What reading a setting of this type gives. */
export type ValueOf<T extends TypeInput> = ReadingsOf<T> extends Readings<infer Value, unknown> ? Value : never;

/** What may be given as the default of a setting of this type: a list also where values are sets. */
export type GivenOf<T extends TypeInput> = ReadingsOf<T> extends Readings<unknown, infer Given> ? Given : never;

/**
 * What the text of a setting type means to TypeScript, such as `'Sequence<Enum["a","b"]>'`; never where the text is not a
 * type. Options that are written with escapes or as numbers like 1.0 count as any string or number.
 */
export type ReadingsOfText<Text extends string> =
  Trim<Text> extends infer T extends string
    ? T extends 'int' | 'float'
      ? Readings<number, number>
      : T extends 'str'
        ? Readings<string, string>
        : T extends 'bool'
          ? Readings<boolean, boolean>
          : ReadingsOfGeneric<T>
    : never;

type ReadingsOfGeneric<Text extends string> = Text extends `Enum${infer List}`
  ? EnumReadings<OptionsOf<Trim<List>>>
  : Text extends `Flags${infer List}`
    ? FlagsReadings<OptionsOf<Trim<List>>>
    : Text extends `Sequence${infer Parameter}`
      ? SequenceReadings<ReadingsOfParameter<Trim<Parameter>>>
      : Text extends `Mapping${infer Parameter}`
        ? MappingReadings<ReadingsOfParameter<Trim<Parameter>>>
        : never;

export type EnumReadings<Option> = [Option] extends [never] ? never : Readings<Option, Option>;

export type FlagsReadings<Option> = [Option] extends [never]
  ? never
  : Readings<ReadonlySet<Option>, ReadonlySet<Option> | readonly Option[]>;

export type SequenceReadings<Item> =
  Item extends Readings<infer Value, infer Given> ? Readings<readonly Value[], readonly Given[]> : never;

export type MappingReadings<Item> =
  Item extends Readings<infer Value, infer Given>
    ? Readings<Readonly<Record<string, Value>>, Readonly<Record<string, Given>>>
    : never;

type ReadingsOfParameter<Text extends string> = Text extends `<${infer Inner}>` ? ReadingsOfText<Inner> : never;

type OptionsOf<List extends string> = List extends `[${infer Items}]` ? OptionsIn<Trim<Items>> : never;

/** Tail recursion, so that long lists stay within TypeScript's limits. */
type OptionsIn<Items extends string, Found = never> = Items extends `"${infer Option}"${infer Rest}`
  ? Option extends `${string}\\${string}`
    ? string
    : OptionsAfter<Trim<Rest>, Found | Option>
  : Items extends `${infer Word},${infer Rest}`
    ? OptionsAfter<`,${Rest}`, Found | OptionOfWord<Trim<Word>>>
    : Found | OptionOfWord<Trim<Items>>;

type OptionsAfter<Rest extends string, Found> = Rest extends ''
  ? Found
  : Rest extends `,${infer More}`
    ? OptionsIn<Trim<More>, Found>
    : never;

type OptionOfWord<Word extends string> = Word extends 'true'
  ? true
  : Word extends 'false'
    ? false
    : Word extends `${infer N extends number}`
      ? N
      : never;

type Space = ' ' | '\n' | '\t' | '\r';

type Trim<Text extends string> = Text extends `${Space}${infer Rest}`
  ? Trim<Rest>
  : Text extends `${infer Rest}${Space}`
    ? Trim<Rest>
    : Text;

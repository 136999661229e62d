import { type GivenOf, type ReadingsOf, type TypeInput } from './setting-types.js';

/**
 * Checks of what `setting` is given. Each is the type of the argument where that is right; else a text that says what would be
 * accepted, which the compiler shows, since nothing can be assigned to it.
 */

/** A setting type. */
export type CheckedType<T> = T extends string
  ? [ReadingsOf<T>] extends [never]
    ? `"${T}" is not a setting type; accepted: int, float, str, bool, Enum["a","b"], Flags["a","b"], Sequence<int>, Mapping<int>`
    : T
  : T;

/** A name of a setting. */
export type CheckedSettingName<Name extends string> =
  IsKnown<Name> extends false
    ? Name
    : Name extends '' | '.' | '..'
      ? NotAName<Name>
      : IsMadeOf<Name, Word | '.'> extends true
        ? Name
        : NotAName<Name>;

type NotAName<Name extends string> =
  `"${Name}" is not a setting name; accepted: letters of a-z and A-Z, digits, "_" and "."`;

/** A version. */
export type CheckedVersion<Version extends string> =
  IsKnown<Version> extends false
    ? Version
    : Version extends `${infer Major}.${infer Minor}`
      ? [IsNumber<Major>, IsNumber<Minor>] extends [true, true]
        ? Version
        : NotAVersion<Version>
      : NotAVersion<Version>;

type NotAVersion<Version extends string> = `"${Version}" is not a version; accepted: MAJOR.MINOR, such as "1.0"`;

/** A default for a setting of type `T`; `Numeral` is the type of the default where it is a number. */
export type CheckedDefault<T extends TypeInput, Numeral extends number> =
  CheckedInt<Numeral> | (T extends 'int' ? never : NoInfer<GivenOf<T>>);

/** Numbers that a default of type `T` may be. */
export type NumeralOf<T extends TypeInput> = GivenOf<T> & number;

type CheckedInt<Numeral extends number> = number extends Numeral
  ? Numeral
  : `${Numeral}` extends `${bigint}`
    ? Numeral
    : `${Numeral} is not an int; accepted: whole numbers`;

type Lower =
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'h'
  | 'i'
  | 'j'
  | 'k'
  | 'l'
  | 'm'
  | 'n'
  | 'o'
  | 'p'
  | 'q'
  | 'r'
  | 's'
  | 't'
  | 'u'
  | 'v'
  | 'w'
  | 'x'
  | 'y'
  | 'z';
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
type Word = Lower | Uppercase<Lower> | Digit | '_';

/** False of `string`, and of patterns such as `setting_${number}`: records of these need no member. */
type IsKnown<Name extends string> = Record<never, never> extends Record<Name, unknown> ? false : true;

type IsMadeOf<Text extends string, Char extends string> = Text extends `${infer First}${infer Rest}`
  ? First extends Char
    ? IsMadeOf<Rest, Char>
    : false
  : true;

type IsNumber<Text extends string> = Text extends '' ? false : IsMadeOf<Text, Digit>;

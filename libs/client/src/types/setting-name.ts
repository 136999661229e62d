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

/** `Name` where it is a name of a setting (letters, digits, "_" and "."), else a text that says that it is none. */
export type CheckedSettingName<Name extends string> =
  IsKnown<Name> extends false
    ? Name
    : Name extends '' | '.' | '..'
      ? NotAName<Name>
      : IsMadeOf<Name, Word | '.'> extends true
        ? Name
        : NotAName<Name>;

/** False of `string`, and of patterns such as `setting_${number}`: records of these need no member. */
type IsKnown<Name extends string> = Record<never, never> extends Record<Name, unknown> ? false : true;

type IsMadeOf<Text extends string, Char extends string> = Text extends `${infer First}${infer Rest}`
  ? First extends Char
    ? IsMadeOf<Rest, Char>
    : false
  : true;

type NotAName<Name extends string> = `"${Name}" is not a setting name`;

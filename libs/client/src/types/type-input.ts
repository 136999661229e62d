import { type JsonValue } from './json-value.js';
import { type Readings, type TypedType } from './readings.js';
import { type ReadingsOfText } from './type-text.js';

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

/** `T` where it is a setting type, else a text that says that it is none, to which nothing can be assigned. */
export type CheckedType<T extends TypeInput> = [ReadingsOf<T>] extends [never] ? NotAType<T> : T;

type NotAType<T> = T extends string ? `"${T}" is not a setting type` : never;

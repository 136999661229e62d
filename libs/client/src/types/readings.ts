declare const readings: unique symbol;

/** What a type means in TypeScript: what reading gives, and what may be given as a default. It exists in types only. */
export type Readings<Value, Given> = Readonly<{ value: Value; given: Given }>;

/** A setting type made by Enum, Flags, Sequence or Mapping, which knows what it means in TypeScript. */
export type TypedType<R> = Readonly<{ text: string; [readings]?: R }>;

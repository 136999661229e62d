/** A JSON value as the client hands it out: frozen, all the way down. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export type JsonPrimitive = null | boolean | number | string;

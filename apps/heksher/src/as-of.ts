/** A state of the past: by the number of its revision, or by a time. */
export type AsOf = Readonly<{ seq: string }> | Readonly<{ atMs: number }>;

/** The parameter that asks for it. */
export const AS_OF = 'as_of';

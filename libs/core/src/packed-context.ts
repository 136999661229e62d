import { type Context } from './condition.js';

/** Numbers in place of texts: the same for the same text, and for no other. It only grows. */
export class TextNumbers {
  private readonly numbers = new Map<string, number>();

  get size(): number {
    return this.numbers.size;
  }

  numberFor(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.numbers.size);
    return this.numbers.size - 1;
  }

  numberOf(text: string): number | undefined {
    return this.numbers.get(text);
  }
}

/** A context by the places of the features in their order. */
export type PackedContext = Readonly<{ numbers: Int32Array; texts: readonly (string | undefined)[] }>;

/** In place of the number of a value: the feature is unknown, or no condition names the value. */
export const ABSENT = -1;
export const UNNAMED = -2;

export function packContext(context: Context, features: readonly string[], numbers: TextNumbers): PackedContext {
  const texts = features.map((feature) => context.get(feature));
  const packed = texts.map((text) => (text === undefined ? ABSENT : (numbers.numberOf(text) ?? UNNAMED)));
  return { numbers: Int32Array.from(packed), texts };
}

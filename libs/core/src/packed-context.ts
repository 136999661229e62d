import { type Context } from './condition.js';

/** Interns texts: equal texts have equal numbers. It only grows. */
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

/** Special numbers: the feature is unknown; no condition names the value. */
export const ABSENT = -1;
export const UNNAMED = -2;

export function packContext(context: Context, features: readonly string[], numbers: TextNumbers): PackedContext {
  const texts = features.map((feature) => context.get(feature));
  const packed = texts.map((text) => (text === undefined ? ABSENT : (numbers.numberOf(text) ?? UNNAMED)));
  return { numbers: Int32Array.from(packed), texts };
}

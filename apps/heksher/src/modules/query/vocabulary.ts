/** Below so many values it is not worth forgetting any. */
const FEW = 100_000;

/**
 * Small whole numbers in place of the feature values that rules ask for, so that rules lie side by side in memory as rows
 * of numbers, and values are compared as numbers. A value keeps its number for good; rulesets that follow one another
 * share one vocabulary, which only grows, until `withoutForgotten` makes another.
 */
export class Vocabulary {
  private readonly numbers = new Map<string, number>();
  private readonly featureLists = new Map<string, readonly string[]>();
  private next = 0;
  private settledSize = 0;

  /** The number of a value, a new one where it has none. */
  numberFor(value: string): number {
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    this.numbers.set(value, this.next);
    return this.next++;
  }

  /** The number of a value; undefined: no rule asks for it. */
  numberOf(value: string): number | undefined {
    return this.numbers.get(value);
  }

  /** The one list that stands for all lists of the same features. */
  featureList(features: readonly string[]): readonly string[] {
    const key = keyOf(features);
    const known = this.featureLists.get(key);
    if (known === undefined) this.featureLists.set(key, features);
    return known ?? features;
  }

  /** Whether most of it may be values that no rule asks for any more. */
  get isOvergrown(): boolean {
    return this.numbers.size > 2 * this.settledSize + FEW;
  }

  /** Says that now most of it is in use. */
  settle(): void {
    this.settledSize = this.numbers.size;
  }

  /** A vocabulary with the values in use only, which have the numbers they had. */
  withoutForgotten(inUse: ReadonlySet<number>): Vocabulary {
    const kept = new Vocabulary();
    for (const [value, number] of this.numbers) if (inUse.has(number)) kept.numbers.set(value, number);
    for (const [key, features] of this.featureLists) kept.featureLists.set(key, features);
    kept.next = this.next;
    kept.settle();
    return kept;
  }
}

/** One text for a list of texts that hold no U+0000, as no text of PostgreSQL does; another for each other list. */
function keyOf(texts: readonly string[]): string {
  return texts.length === 0 ? '' : `${texts.join('\0')}\0`;
}

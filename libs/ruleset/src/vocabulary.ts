import { forEachInSteps, type InSteps } from '@heksher/core';

/** Below this size no values are dropped. */
const FEW = 100_000;

/**
 * Interns the feature values that rules ask for, and the lists of their features: as small whole numbers, rules are packed
 * and compared quickly. A value keeps its number for good; rulesets that follow one another share one vocabulary, which
 * only grows, until `withoutForgotten` makes another.
 */
export class Vocabulary {
  private readonly numbers = new Map<string, number>();
  private readonly listNumbers = new Map<string, number>();
  private readonly lists: (readonly string[])[] = [];
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

  /** All values with their numbers, which are whole ones below `numberLimit`. */
  entries(): Iterable<readonly [value: string, number: number]> {
    return this.numbers;
  }

  get numberLimit(): number {
    return this.next;
  }

  /** The number of a list of features, a new one where it has none. */
  listNumberFor(features: readonly string[]): number {
    const key = keyOf(features);
    const known = this.listNumbers.get(key);
    if (known !== undefined) return known;
    this.listNumbers.set(key, this.lists.length);
    return this.lists.push(features) - 1;
  }

  /** The number of a list of features; undefined: no rule has conditions on just these. */
  listNumberOf(features: readonly string[]): number | undefined {
    return this.listNumbers.get(keyOf(features));
  }

  /** The list of features of that number. */
  featuresOf(listNumber: number): readonly string[] {
    return this.lists[listNumber] ?? [];
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
  *withoutForgotten(inUse: ReadonlySet<number>): InSteps<Vocabulary> {
    const kept = new Vocabulary();
    yield* forEachInSteps(this.numbers, ([value, number]) => {
      if (inUse.has(number)) kept.numbers.set(value, number);
    });
    for (const features of this.lists) kept.listNumberFor(features);
    kept.next = this.next;
    kept.settle();
    return kept;
  }
}

/** One text for a list of texts that hold no U+0000, as no text of PostgreSQL does; another for each other list. */
function keyOf(texts: readonly string[]): string {
  return texts.length === 0 ? '' : `${texts.join('\0')}\0`;
}

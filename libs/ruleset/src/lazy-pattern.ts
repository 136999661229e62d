import { HeksherError, type UnitPattern } from '@heksher/core';
import { compilePattern } from '@heksher/core/re2';

/** The number of units whose result is cached: that many requests may interleave their steps (`tryPatterns`). */
const MOST_REMEMBERED = 8;

/** A pattern that is compiled on first use, which may take some ten milliseconds. */
export class LazyPattern implements UnitPattern {
  private compiled: UnitPattern | HeksherError | undefined;
  /** Ring buffer of the units tested last with their results: patterns tested in steps beforehand then decide without matching. */
  private readonly units: string[] = [];
  private readonly results: boolean[] = [];
  private tested = 0;

  private constructor(readonly source: string) {}

  /** Interned: equal sources share one pattern as long as it is referenced. */
  static of(source: string): LazyPattern {
    const known = patterns.get(source)?.deref();
    if (known !== undefined) return known;
    const made = new LazyPattern(source);
    patterns.set(source, new WeakRef(made));
    collected.register(made, source);
    return made;
  }

  get isCompiled(): boolean {
    return this.compiled !== undefined;
  }

  /** Why it is no pattern, as another writer stored it; undefined where it is one. */
  get problem(): string | undefined {
    const compiled = this.compile();
    return compiled instanceof HeksherError ? compiled.message : undefined;
  }

  test(unit: string): boolean {
    const known = this.results[this.units.indexOf(unit)];
    if (known !== undefined) return known;
    const compiled = this.compile();
    const result = compiled instanceof HeksherError ? false : compiled.test(unit);
    this.units[this.tested] = unit;
    this.results[this.tested] = result;
    this.tested = (this.tested + 1) % MOST_REMEMBERED;
    return result;
  }

  compile(): UnitPattern | HeksherError {
    return (this.compiled ??= compileOrError(this.source));
  }
}

function compileOrError(source: string): UnitPattern | HeksherError {
  try {
    return compilePattern(source);
  } catch (error) {
    if (error instanceof HeksherError) return error;
    throw error;
  }
}

const patterns = new Map<string, WeakRef<LazyPattern>>();

const collected = new FinalizationRegistry<string>((source) => {
  if (patterns.get(source)?.deref() === undefined) patterns.delete(source);
});

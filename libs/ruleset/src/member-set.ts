import { atOnce, forEachInSteps, type InSteps, type Members } from '@heksher/core';
import { textHash } from './text-hash.js';

/** Initial average size of a part; the set is rehashed when the average exceeds four times that. */
const PART_SIZE = 32;

/** No unit contains it. */
const SEPARATOR = '\0';

/**
 * The members of one rollout, up to a million. Immutable (copy on write): `next` shares all parts except those of units that
 * were added or removed.
 */
export class MemberSet implements Members {
  private constructor(
    /**
     * Hash partitions, a power of two. Each is one text: its units with separators before, between and after them. With a string
     * for each of a million units, a full garbage collection paused for 318 ms instead of 14 (on a busy machine).
     */
    private readonly parts: readonly string[],
    readonly size: number,
  ) {}

  static of(units: readonly string[]): MemberSet {
    return atOnce(MemberSet.inSteps(units, units.length));
  }

  /** @param count about how many units there are */
  static *inSteps(units: Iterable<string>, count: number): InSteps<MemberSet> {
    const partCount = 2 ** Math.ceil(Math.log2(Math.max(1, count / PART_SIZE)));
    const sets = Array.from({ length: partCount }, () => new Set<string>());
    yield* forEachInSteps(units, (unit) => void sets[textHash(unit) % partCount]?.add(unit));
    const parts: string[] = [];
    let size = 0;
    const join = (set: ReadonlySet<string>): void => {
      size += set.size;
      parts.push(joined(set));
    };
    yield* forEachInSteps(sets, join);
    return new MemberSet(parts, size);
  }

  has(unit: string): boolean {
    const { parts } = this;
    const part = parts[textHash(unit) % parts.length] ?? '';
    return part.includes(SEPARATOR + unit + SEPARATOR) && !unit.includes(SEPARATOR);
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const part of this.parts) yield* unitsOf(part);
  }

  /** The set in which, of the `touched` units, exactly the `present` ones are members. */
  *next(touched: Iterable<string>, present: ReadonlySet<string>): InSteps<MemberSet> {
    const parts = [...this.parts];
    const changed = new Map<number, Set<string>>();
    yield* forEachInSteps(touched, (unit) => {
      const index = textHash(unit) % parts.length;
      const units = changed.get(index) ?? new Set(unitsOf(parts[index] ?? ''));
      if (present.has(unit)) units.add(unit);
      else units.delete(unit);
      changed.set(index, units);
    });
    let { size } = this;
    for (const [index, units] of changed) {
      size += units.size - unitsOf(parts[index] ?? '').length;
      parts[index] = joined(units);
    }
    const next = new MemberSet(parts, size);
    return size > 4 * PART_SIZE * parts.length ? yield* MemberSet.inSteps(next, size) : next;
  }
}

function joined(units: ReadonlySet<string>): string {
  return units.size === 0 ? '' : SEPARATOR + [...units].join(SEPARATOR) + SEPARATOR;
}

function unitsOf(part: string): readonly string[] {
  return part === '' ? [] : part.slice(1, -1).split(SEPARATOR);
}

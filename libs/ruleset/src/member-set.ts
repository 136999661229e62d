import { atOnce, forEachInSteps, type InSteps, type Members } from '@heksher/core';
import { textHash } from './text-hash.js';

/** Initial average size of a part; the set is rehashed when the average exceeds four times that. */
const PART_SIZE = 128;

/**
 * The members of one rollout, up to a million. Immutable (copy on write): `next` shares all parts except those of units that
 * were added or removed.
 */
export class MemberSet implements Members {
  private constructor(
    /** Hash partitions, a power of two. */
    private readonly parts: readonly ReadonlySet<string>[],
    readonly size: number,
  ) {}

  static of(units: readonly string[]): MemberSet {
    return atOnce(MemberSet.inSteps(units, units.length));
  }

  /** @param count about how many units there are */
  static *inSteps(units: Iterable<string>, count: number): InSteps<MemberSet> {
    const partCount = 2 ** Math.ceil(Math.log2(Math.max(1, count / PART_SIZE)));
    const parts = Array.from({ length: partCount }, () => new Set<string>());
    yield* forEachInSteps(units, (unit) => void parts[textHash(unit) % partCount]?.add(unit));
    return new MemberSet(parts, sizeOf(parts));
  }

  has(unit: string): boolean {
    const { parts } = this;
    return parts.length > 0 && parts[textHash(unit) % parts.length]?.has(unit) === true;
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const part of this.parts) yield* part;
  }

  /** The set in which, of the `touched` units, exactly the `present` ones are members. */
  *next(touched: Iterable<string>, present: ReadonlySet<string>): InSteps<MemberSet> {
    const parts = [...this.parts];
    const own = new Map<number, Set<string>>();
    let { size } = this;
    yield* forEachInSteps(touched, (unit) => {
      const index = textHash(unit) % parts.length;
      const part = ownPart(parts, index, own);
      const before = part.size;
      if (present.has(unit)) part.add(unit);
      else part.delete(unit);
      size += part.size - before;
    });
    const next = new MemberSet(parts, size);
    return size > 4 * PART_SIZE * parts.length ? yield* MemberSet.inSteps(next, size) : next;
  }
}

/** The part at `index`, copied first if it is still shared. */
function ownPart(parts: ReadonlySet<string>[], index: number, own: Map<number, Set<string>>): Set<string> {
  const known = own.get(index);
  if (known !== undefined) return known;
  const copy = new Set(parts[index]);
  parts[index] = copy;
  own.set(index, copy);
  return copy;
}

function sizeOf(parts: readonly ReadonlySet<string>[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}

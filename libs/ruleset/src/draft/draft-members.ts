import { type InSteps } from '@heksher/core';
import { MemberSet } from '../member-set.js';

const NO_MEMBERS = MemberSet.of([]);

/** The members of a rollout in a draft: those that it has, with what was added and removed. Immutable. */
export class DraftMembers {
  constructor(
    private readonly base: MemberSet = NO_MEMBERS,
    /** None of them is in the base. */
    readonly added: ReadonlySet<string> = new Set(),
    /** All of them are in the base. */
    readonly removed: ReadonlySet<string> = new Set(),
  ) {}

  get size(): number {
    return this.base.size + this.added.size - this.removed.size;
  }

  has(unit: string): boolean {
    return this.added.has(unit) || (this.base.has(unit) && !this.removed.has(unit));
  }

  /** Removes first, so that a unit in both lists is a member. */
  changed(add: Iterable<string>, remove: Iterable<string>): DraftMembers {
    const added = new Set(this.added);
    const removed = new Set(this.removed);
    for (const unit of remove) {
      added.delete(unit);
      if (this.base.has(unit)) removed.add(unit);
    }
    for (const unit of add) {
      removed.delete(unit);
      if (!this.base.has(unit)) added.add(unit);
    }
    return new DraftMembers(this.base, added, removed);
  }

  next(): InSteps<MemberSet> {
    return this.base.next([...this.added, ...this.removed], this.added);
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const unit of this.base) if (!this.removed.has(unit)) yield unit;
    yield* this.added;
  }
}

import { HeksherError, type InSteps } from '@heksher/core';
import { type Draft, nextOf, type Rows, type Ruleset } from '@heksher/ruleset';
import { soon } from '../../in-slices.js';
import { type Logger } from '../logging/index.js';
import { isKnownExactly, type Written } from './decision.js';
import { type RulesetFollower } from './ruleset-follower.js';

/** The ruleset in memory as writes see it: they are decided on it, and it goes along with what they write. */
export class DecidedOn {
  /** Whether it did not go along with a write. */
  private isBehind = false;
  /** Whether the database may store something else than what is written to it. */
  private isRewritten = false;

  constructor(
    private readonly follower: RulesetFollower,
    private readonly log: Logger,
  ) {}

  /** What is most likely the newest. */
  async likely(): Promise<Ruleset> {
    const { latest } = this.follower;
    const ruleset = latest === undefined || this.isBehind ? await this.newest() : latest;
    this.isBehind = false;
    return ruleset;
  }

  /** @throws HeksherError `unavailable` where the database does not answer */
  async newest(): Promise<Ruleset> {
    const { ruleset, staleSeconds } = await this.follower.checked();
    if (staleSeconds === undefined) return ruleset;
    throw new HeksherError('unavailable', 'the database does not answer; try again later');
  }

  async isNewest({ revision }: Ruleset): Promise<boolean> {
    return (await this.newest()).revision.token === revision.token;
  }

  /** It goes along where that is sure to be what the database holds. */
  async goAlong(draft: Draft, rows: Rows, { revision, ids }: Written<unknown>): Promise<void> {
    if (isKnownExactly(rows)) await this.advance(draft.base, nextOf(draft, revision, ids));
    else this.isBehind = true;
  }

  async advance(base: Ruleset, next: InSteps<Ruleset>): Promise<void> {
    if (this.isRewritten) return this.fallBehind();
    try {
      this.follower.advance(base, await soon(next));
    } catch (error) {
      // What is written is written, and the database is asked for it.
      this.isBehind = true;
      this.log.error('the ruleset in memory did not go along with a write', { error });
    }
  }

  /** Says that triggers of the operator's own may change what is written: the database is asked after each write. */
  distrust(): void {
    this.isRewritten = true;
  }

  /** Says that rows were written in another way. */
  fallBehind(): void {
    this.isBehind = true;
  }
}

import { type WriteOrigin } from '@heksher/database';
import { Draft, type RuleMark, type Ruleset } from '@heksher/ruleset';
import { soon } from '../../in-slices.js';
import {
  type Decide,
  decided,
  type Decision,
  isEmpty,
  isKnownExactly,
  type Written,
  writtenBy,
  type WrittenRow,
} from './decision.js';

/** What became of a write that another one took along: undefined, others were in the way; `alone`, it is to be carried out by itself. */
export type Outcome<T> = T | undefined | 'alone';

/** A write that was decided. */
export type Proposal<T = unknown> = Readonly<{
  origin: WriteOrigin;
  draft: Draft;
  decision: Decision<T>;
}>;

/** So many writes share a transaction at most: few enough that deciding them takes a few milliseconds, and that each may have a byte. */
const MOST = 16;

/** A write that waits for its turn, until that comes or another write takes it along. */
export class WaitingWrite<T> {
  /** Settles when it needs no turn any more, since others have carried it out or failed to. */
  readonly gone: Promise<undefined>;
  private taken: Promise<Outcome<WrittenRow>> | undefined;
  private goAway: () => void = () => undefined;
  private proposal: Proposal<T> | undefined;
  private settle: (outcome: Outcome<WrittenRow>) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(
    private readonly origin: WriteOrigin,
    private readonly decide: Decide<T>,
  ) {
    this.gone = new Promise((resolve) => (this.goAway = () => resolve(undefined)));
  }

  /** Undefined where it is refused, or changes nothing, which must be proved to be about the newest revision. */
  async propose(ruleset: Ruleset): Promise<Proposal<T> | undefined> {
    if (this.proposal?.draft.base !== ruleset) this.proposal = await proposed(ruleset, this.origin, this.decide);
    return this.proposal;
  }

  /** Whether it was asked for one of these rules when it was decided last, so that it need not be decided to find out. */
  restsOn(rules: ReadonlySet<RuleMark>): boolean {
    return this.proposal !== undefined && [...this.proposal.draft.asked()].some((rule) => rules.has(rule));
  }

  take(): void {
    this.taken = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.reject = reject;
    });
    // It is waited for when it is gone, or its turn comes.
    this.taken.catch(() => undefined);
  }

  get isTaken(): boolean {
    return this.taken !== undefined;
  }

  /** What became of it, where it was taken along. */
  async outcome(): Promise<Outcome<Written<T>>> {
    const row = await this.taken;
    if (row === undefined || row === 'alone' || this.proposal === undefined) return row === 'alone' ? row : undefined;
    return writtenBy(this.proposal.decision, row);
  }

  end(outcome: Outcome<WrittenRow>): void {
    this.settle(outcome);
    if (outcome !== 'alone') this.goAway();
  }

  fail(error: unknown): void {
    this.reject(error);
    this.goAway();
  }
}

async function proposed<T>(ruleset: Ruleset, origin: WriteOrigin, decide: Decide<T>): Promise<Proposal<T> | undefined> {
  const draft = new Draft(ruleset);
  try {
    const decision = await soon(decided(draft, decide));
    return isEmpty(decision.rows) || !isKnownExactly(decision.rows) ? undefined : { origin, draft, decision };
  } catch {
    // Its own turn will tell.
    return undefined;
  }
}

/** Another write, as it was decided on the same ruleset. */
export type Taken = Readonly<{ waiting: WaitingWrite<unknown>; proposal: Proposal }>;

/**
 * Takes along writes that wait, out of their line, each decided without regard to a rule that one before it changes: what it was decided on is
 * then as it is when the others before it are carried out.
 */
export async function takeAlong(first: Draft, line: Set<WaitingWrite<unknown>>): Promise<readonly Taken[]> {
  const changed = new Set<RuleMark>();
  const add = (draft: Draft): void => {
    for (const setting of draft.changed) for (const mark of setting.changedMarks()) changed.add(mark);
  };
  add(first);
  const taken: Taken[] = [];
  let looks = 0;
  for (const waiting of line) {
    if (++looks === MOST) break;
    if (waiting.restsOn(changed)) continue;
    const proposal = await waiting.propose(first.base);
    // Its wait may have ended meanwhile.
    if (proposal === undefined || waiting.restsOn(changed) || !line.delete(waiting)) continue;
    add(proposal.draft);
    waiting.take();
    taken.push({ waiting, proposal });
  }
  return taken;
}

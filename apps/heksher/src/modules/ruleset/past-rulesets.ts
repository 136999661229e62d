import { formatInstant, HeksherError, invalid } from '@heksher/core';
import { type Revision, type Ruleset } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { AS_OF, type AsOf } from '../../as-of.js';
import { PastSession } from './past-session.js';
import { readPast } from './past.store.js';
import { type CommittedRevision, findCommitted, type FoundRevision } from './revisions.store.js';
import { RulesetService } from './ruleset.service.js';

/** A ruleset of the past: all as of the committed revision `seq`. `atMs` is what the clock shows to those who look at it. */
export type PastRuleset = Readonly<{ ruleset: Ruleset; seq: string; atMs: number }>;

/** So many are kept. They share what did not change since with the present one. */
const MOST_KEPT = 4;

/** Past rulesets, made from the present one and the change log, one at a time. */
@Injectable()
export class PastRulesets {
  private readonly kept = new LRUCache<string, Promise<Ruleset>>({ max: MOST_KEPT });

  constructor(
    private readonly dataSource: DataSource,
    private readonly session: PastSession,
    private readonly rulesets: RulesetService,
  ) {}

  /**
   * All as of the newest committed revision not after `asOf`. Throws `gone` where the log does not reach back so far, and
   * `invalid` for the future.
   * @param name the parameter that asks for it
   */
  async at(asOf: AsOf, name: string = AS_OF): Promise<PastRuleset> {
    const revision = await this.revisionAt(asOf, name);
    const atMs = 'atMs' in asOf ? asOf.atMs : revision.atMs;
    return { ruleset: await this.rulesetOf(revision, name), seq: revision.seq, atMs };
  }

  /** The newest committed revision not after `asOf`; throws as `at` does. */
  async revisionAt(asOf: AsOf, name: string = AS_OF): Promise<CommittedRevision> {
    const answer = await findCommitted(this.dataSource.manager, asOf);
    if (answer === undefined) throw new HeksherError('unavailable', 'the database holds no revision row');
    refuseFuture(asOf, answer, name);
    if (answer.found === undefined) throw gone(answer, name);
    return answer.found;
  }

  /** The number of the newest committed revision not after `asOf`; 0 where the log does not reach back so far. */
  async seqAt(asOf: AsOf): Promise<number> {
    const answer = await findCommitted(this.dataSource.manager, asOf);
    return Number(answer?.found?.seq ?? 0);
  }

  private rulesetOf(revision: Revision, name: string): Promise<Ruleset> {
    const key = `${revision.seq} ${revision.token}`;
    const kept = this.kept.get(key);
    if (kept !== undefined) return kept;
    const made = this.make(revision, name);
    this.kept.set(key, made);
    made.catch(() => this.kept.delete(key));
    return made;
  }

  private async make(revision: Revision, name: string): Promise<Ruleset> {
    const newer = await new Promise<Ruleset>((resolve, failed) => {
      this.rulesets.read({ ready: ({ ruleset }) => resolve(ruleset), failed });
    });
    const past = await this.session.inSnapshot((snapshot) => readPast(snapshot, newer, revision));
    if (past !== undefined) return past;
    // It was pruned, or the database was swapped, since the revision was found.
    const answer = await findCommitted(this.dataSource.manager, { seq: revision.seq });
    if (answer === undefined || answer.found?.token === revision.token)
      throw new HeksherError('unavailable', 'the database is changing; try again');
    throw gone(answer, name);
  }
}

function refuseFuture(asOf: AsOf, { newest }: FoundRevision, name: string): void {
  const isFuture = 'seq' in asOf ? BigInt(asOf.seq) > BigInt(newest.seq) : asOf.atMs > newest.nowMs;
  if (!isFuture) return;
  const given = 'seq' in asOf ? asOf.seq : formatInstant(asOf.atMs);
  const message = `${name} is in the future: ${given}; the newest revision is ${newest.seq}, and it is ${formatInstant(newest.nowMs)}`;
  throw invalid(message, name, { parameter: name, code: 'in_future', details: { newest_seq: Number(newest.seq) } });
}

function gone({ oldest }: FoundRevision, name: string): HeksherError {
  const at = formatInstant(oldest.atMs);
  const message = `${name} is older than the change log: the oldest revision that it has is ${oldest.seq}, of ${at}`;
  const details = { oldest_seq: Number(oldest.seq), oldest_at: at };
  return new HeksherError('gone', message, {
    errors: [{ field: name, parameter: name, message, code: 'pruned', details }],
  });
}

import { type InSteps } from '@heksher/core';
import { findSettings, type Revision, type Ruleset, type Setting } from '@heksher/ruleset';
import { LRUCache } from 'lru-cache';
import { bytesOf } from '../../body.js';
import { type Answer, writeAnswer } from './answer.js';
import { type RulesQuery } from './query.js';
import { RecentlyAsked } from './recently-asked.js';

/** A recent query with its answer. */
export type CachedAnswer = {
  readonly query: RulesQuery;
  readonly answer: Answer;
  /** The settings it was made from; undefined where it depends on all there are. */
  readonly settings: readonly object[] | undefined;
  /** The context features when it was made; answers with rollouts contain their order. */
  readonly features: ReadonlySet<string>;
  /** The newest revision the answer is known to hold for. */
  holdsFor: Revision;
};

/** Approximate size in bytes of an entry beyond its body and key; and of each name and value of its query. */
const OVERHEAD = 1_000;
const PER_NAME = 100;

/**
 * Answers by query string and by which settings are visible, the least recently used forgotten first; kept over revisions that leave their settings alone.
 * A query is kept when it is requested for the second time: unique queries would only evict others, and be promoted to
 * the old generation of the heap.
 */
export class AnswerCache {
  /** Answers that were made, since none was kept that held. */
  made = 0;
  /** Answers that were kept. */
  hits = 0;
  private readonly asked = new RecentlyAsked();
  private readonly entries: LRUCache<string, CachedAnswer> | undefined;

  /** @param maxBytes bound of all answers together; 0: nothing is kept */
  constructor(maxBytes: number) {
    if (maxBytes > 0) this.entries = new LRUCache({ maxSize: maxBytes, sizeCalculation: sizeOf });
  }

  get bytes(): number {
    return this.entries?.calculatedSize ?? 0;
  }

  /** @param key of the query string, and of who sees the same */
  find(key: string): CachedAnswer | undefined {
    return this.entries?.get(key);
  }

  /**
   * The answer that holds for `ruleset`: what another reader had made since it was looked for, or one made now, and kept
   * where it was asked for before. Throws as `findSettings` does.
   */
  *answer(key: string, query: RulesQuery, found: CachedAnswer | undefined, ruleset: Ruleset): InSteps<Answer> {
    const isNew = this.entries === undefined || (found === undefined && !this.asked.add(key));
    const known = isNew ? undefined : this.find(key);
    if (known !== undefined && holds(known, ruleset)) {
      known.holdsFor = ruleset.revision;
      this.hits += 1;
      return known.answer;
    }
    this.made += 1;
    const settings = findSettings(ruleset, query.settings);
    const made = yield* writeAnswer(ruleset, settings, query);
    if (isNew) return made;
    const answer = { body: bytesOf(made.body), etag: made.etag, headers: made.headers };
    const uses = query.settings === undefined ? undefined : Array.from(settings, identityOf);
    const { revision: holdsFor, features } = ruleset;
    this.entries?.set(key, { query, answer, settings: uses, features, holdsFor });
    return answer;
  }
}

/** Settings that did not change are the same objects in the next ruleset. */
function holds({ query, settings, features, holdsFor }: CachedAnswer, ruleset: Ruleset): boolean {
  if (holdsFor === ruleset.revision) return true;
  if (settings === undefined || query.settings === undefined) return false;
  if (query.includeRollouts && features !== ruleset.features) return false;
  let index = 0;
  for (const setting of findSettings(ruleset, query.settings)) {
    if (identityOf(setting) !== settings[index]) return false;
    index += 1;
  }
  return index === settings.length;
}

/** A weak stand-in for a setting, so that an entry does not retain its rules. */
function identityOf(setting: Setting): object {
  const known = identities.get(setting);
  if (known !== undefined) return known;
  const made = {};
  identities.set(setting, made);
  return made;
}

const identities = new WeakMap<Setting, object>();

function sizeOf({ query: { settings, filter }, answer }: CachedAnswer, key: string): number {
  let names = settings?.length ?? 0;
  if (filter.kind === 'by-feature')
    for (const values of filter.features.values()) names += 1 + (values === '*' ? 0 : values.size);
  return answer.body.length + 2 * key.length + PER_NAME * names + OVERHEAD;
}

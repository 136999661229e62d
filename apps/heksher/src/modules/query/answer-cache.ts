import { LRUCache } from 'lru-cache';
import { type Answer, settingsOf, writeAnswer } from './answer.js';
import { type RulesQuery } from './query.js';
import { type Ruleset, type Setting } from './ruleset.js';

type Entry = {
  readonly query: RulesQuery;
  readonly answer: Answer;
  /** The settings it was made from; undefined where it depends on all there are. */
  readonly settings: readonly Setting[] | undefined;
  /** The newest ruleset the answer is known to hold for. */
  holdsFor: Ruleset;
};

/** What an entry takes beyond its body and its key, in bytes, roughly. */
const OVERHEAD = 1_000;

/** Answers by query string, the least recently used forgotten first; kept over revisions that leave their settings alone. */
export class AnswerCache {
  private readonly entries: LRUCache<string, Entry> | undefined;

  /** @param maxBytes bound of all answers together; 0: nothing is kept */
  constructor(maxBytes: number) {
    if (maxBytes > 0) this.entries = new LRUCache({ maxSize: maxBytes, sizeCalculation: sizeOf });
  }

  /** The parsed query of a query string that was answered lately. */
  query(queryString: string): RulesQuery | undefined {
    return this.entries?.peek(queryString)?.query;
  }

  /** The answer that holds for `ruleset`, from the cache or made now. Throws as `settingsOf` does. */
  answer(queryString: string, query: RulesQuery, ruleset: Ruleset): Answer {
    const known = this.entries?.get(queryString);
    if (known !== undefined && holds(known, ruleset)) {
      known.holdsFor = ruleset;
      return known.answer;
    }
    const settings = settingsOf(ruleset, query);
    const answer = writeAnswer(settings, query);
    const uses = query.settings === undefined ? undefined : [...settings];
    this.entries?.set(queryString, { query, answer, settings: uses, holdsFor: ruleset });
    return answer;
  }
}

/** Settings that did not change are the same objects in the next ruleset. */
function holds({ query, settings, holdsFor }: Entry, ruleset: Ruleset): boolean {
  if (holdsFor === ruleset) return true;
  if (settings === undefined || query.settings === undefined) return false;
  let index = 0;
  for (const setting of settingsOf(ruleset, query)) {
    if (setting !== settings[index]) return false;
    index += 1;
  }
  return index === settings.length;
}

function sizeOf({ answer }: Entry, queryString: string): number {
  return answer.body.length + 2 * queryString.length + OVERHEAD;
}

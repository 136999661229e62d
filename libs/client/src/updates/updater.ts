import { HeksherError, quoted } from '@heksher/core';
import { inParallel, Turns } from '../concurrency.js';
import { isUnavailable, messageOf, unavailable } from '../errors.js';
import { type ProblemLog } from '../problems.js';
import { prepareSetting } from '../resolution/prepare.js';
import { type Tracking } from '../resolution/tracking.js';
import { askCanonicalName, askContextFeatures, askKnownNames } from '../service/known-names.js';
import { ask, notAnAnswer, queriesFor, type QueryAnswer } from '../service/query.js';
import { type Send } from '../service/service.js';
import { type Identity } from './identity.js';
import { type Entry } from './setting-registry.js';

/** What is known since the last update. */
export type Known = Readonly<{ features: readonly string[]; etags: ReadonlyMap<string, string>; isStale: boolean }>;

const NOTHING: Known = { features: [], etags: new Map(), isStale: false };

type Texts = ReadonlyMap<Entry, string | undefined>;

/** Brings entries to what the service has: all of them, or none where anything fails. */
export class Updater {
  known: Known = NOTHING;

  constructor(
    private readonly send: Send,
    private readonly tracking: Tracking,
    private readonly problems: ProblemLog,
    private readonly identity: Identity,
  ) {}

  /** The entries whose values may have changed. Rejects with 'unavailable'. */
  async update(all: readonly Entry[]): Promise<readonly Entry[]> {
    const entries = all.filter(({ isLeftAlone }) => !isLeftAlone);
    const turns = new Turns();
    const answers = await this.askAll(entries, turns);
    const texts = await this.gather(entries, answers);
    const features = await this.featuresOf(answers);
    const changed = await this.serve(texts, features, turns);
    const etags = answers.flatMap(({ query, etag }) => (etag === null ? [] : [[query.path, etag] as const]));
    this.identity.served(answers[0]?.revision);
    this.known = { features, etags: new Map(etags), isStale: answers.some(({ isStale }) => isStale) };
    return changed;
  }

  /** Serves what was known elsewhere: the texts of settings, by declared name. */
  async restore(entries: readonly Entry[], features: readonly string[], settings: ReadonlyMap<string, string>) {
    const texts = new Map(entries.map((entry) => [entry, settings.get(entry.setting.name)]));
    await this.serve(texts, features, new Turns());
    if (this.known === NOTHING) this.known = { ...NOTHING, features };
  }

  /** Asks again without what the service does not have, so that one setting that was deleted does not hold up the others. */
  private async askAll(entries: readonly Entry[], turns: Turns): Promise<readonly QueryAnswer[]> {
    const names = entries.map(({ setting }) => setting.name);
    try {
      return await this.askFor(names, turns);
    } catch (error) {
      if (!(error instanceof HeksherError) || error.code !== 'not_found') throw error;
    }
    const known = await askKnownNames(this.send);
    for (const name of names) if (!known.has(name)) this.reportUnknown(name);
    const rest = names.filter((name) => known.has(name));
    return this.askFor(rest, turns).catch((error: unknown) => {
      throw isUnavailable(error) ? error : unavailable(`asking for values: ${messageOf(error)}`, error);
    });
  }

  private askFor(names: readonly string[], turns: Turns): Promise<readonly QueryAnswer[]> {
    const queries = queriesFor(names, this.tracking);
    const headers = this.identity.headersOfQueries();
    return inParallel(queries, (query) => {
      const etag = this.known.etags.get(query.path);
      return ask(this.send, query, { ...headers, ...(etag !== undefined && { 'if-none-match': etag }) }, turns);
    });
  }

  /** The text of each entry; undefined of those that the service does not have. */
  private async gather(entries: readonly Entry[], answers: readonly QueryAnswer[]): Promise<Texts> {
    const served = new Map(answers.flatMap(({ taken }) => [...(taken?.settings ?? [])]));
    const unchanged = new Set(answers.flatMap(({ taken, query }) => (taken === undefined ? query.names : [])));
    const asked = new Set(answers.flatMap(({ query }) => query.names));
    const texts = await inParallel(entries, async (entry) => {
      const { name } = entry.setting;
      if (!asked.has(name)) return [entry, undefined] as const;
      if (unchanged.has(name)) return [entry, entry.served?.text] as const;
      return [entry, served.get(await this.canonicalName(entry, served))] as const;
    });
    return new Map(texts);
  }

  /** Answers go by the names of today; a setting that was renamed since is asked for by a name of before. */
  private async canonicalName(entry: Entry, served: ReadonlyMap<string, string>): Promise<string> {
    const { name } = entry.setting;
    if (served.has(name)) entry.canonicalName = name;
    else if (!served.has(entry.canonicalName)) {
      entry.canonicalName = (await askCanonicalName(this.send, name)) ?? name;
    }
    return entry.canonicalName;
  }

  private async featuresOf(answers: readonly QueryAnswer[]): Promise<readonly string[]> {
    const lists = answers.flatMap(({ taken }) => (taken === undefined ? [] : [taken.contextFeatures]));
    if (lists.length === 0) return this.known.features;
    return lists.find((features) => features !== undefined) ?? askContextFeatures(this.send);
  }

  /** Prepares what changed, and then, in one go, serves it. Gives the entries that this changes. */
  private async serve(texts: Texts, features: readonly string[], turns: Turns): Promise<readonly Entry[]> {
    const changed: (() => Entry)[] = [];
    for (const [entry, text] of texts) {
      const { served: earlier } = entry;
      if (text === undefined && earlier === undefined) continue;
      if (text !== undefined && text === earlier?.text && isSame(features, earlier.features)) {
        // The text is part of its answer, and keeps all of that in memory: let it be the latest.
        entry.served = { ...earlier, text };
        continue;
      }
      const served = text === undefined ? undefined : await this.prepare(entry, text, features, turns);
      changed.push(() => {
        entry.served = served;
        entry.reader.serve(served?.prepared);
        return entry;
      });
    }
    return changed.map((change) => change());
  }

  private async prepare(entry: Entry, text: string, features: readonly string[], turns: Turns) {
    try {
      return await prepareSetting(text, entry.source, { features, turns, problems: this.problems });
    } catch (error) {
      throw notAnAnswer(error);
    }
  }

  private reportUnknown(setting: string): void {
    const message = `the service has no setting ${quoted(setting)} (any more): the declared default holds`;
    this.problems.report({ kind: 'unknown-setting', message, setting });
  }
}

function isSame(some: readonly string[], others: readonly string[] | undefined): boolean {
  return some.join() === others?.join();
}

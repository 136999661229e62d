import { conflict, notFound } from '@heksher/core';
import { addFeature, deleteFeature, moveFeature, type Place } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../../caller.js';
import { Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { RulesetWriter } from '../ruleset/ruleset-writer.js';
import { oneOfList, theList } from './context-features.answers.js';
import {
  hasInPlace,
  insertContextFeature,
  listContextFeatures,
  renumberContextFeatures,
} from './context-features.store.js';

export { type Place } from '@heksher/ruleset';

/** The ordered list of context features; indices are 0..n-1 after every write. */
@Injectable()
export class ContextFeaturesService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    writer: RulesetWriter,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, writer, logger.child('context-features'));
  }

  list(): Promise<readonly string[]> {
    return listContextFeatures(this.dataSource.manager);
  }

  async indexOf(name: string): Promise<number> {
    const index = (await this.list()).indexOf(name);
    if (index === -1) throw notFound('context feature', name);
    return index;
  }

  async add(name: string, caller: Caller): Promise<void> {
    await this.writes.decide(caller, theList, function* (draft, log) {
      addFeature(draft, name);
      log('context feature added', { context_feature: name });
    });
  }

  async delete(name: string, caller: Caller): Promise<void> {
    await this.writes.decide(caller, oneOfList(name), function* (draft, log) {
      yield* deleteFeature(draft, name);
      log('context feature deleted', { context_feature: name });
    });
  }

  async move(name: string, place: Place, caller: Caller): Promise<void> {
    await this.writes.decide(caller, oneOfList(name), function* (draft, log) {
      moveFeature(draft, name, place);
      log('context feature moved', { context_feature: name, [`to_${place.side}`]: place.anchor });
    });
  }

  /**
   * Make the stored list the expected one: it must be a subsequence of it; then what is missing is inserted. Where nothing
   * is missing nothing is written, so that a database that can only be read is no hindrance.
   * @throws HeksherError `conflict` that tells both lists, with the database unchanged.
   */
  async reconcile(expected: readonly string[]): Promise<void> {
    if (await hasInPlace(this.dataSource.manager, expected)) return;
    await this.writes.run({ message: 'HEKSHER_STARTUP_CONTEXT_FEATURES' }, theList, async (db, log) => {
      const stored = await listContextFeatures(db);
      if (!isSubsequence(stored, expected)) {
        throw conflict(
          `HEKSHER_STARTUP_CONTEXT_FEATURES expects the context features ${expected.join(', ')}, but the database has ` +
            `${stored.join(', ')}: these must all be among the expected ones, in the same order`,
        );
      }
      const missing = expected.filter((feature) => !stored.includes(feature));
      for (const feature of missing) await insertContextFeature(db, feature);
      await renumberContextFeatures(db, expected);
      if (missing.length > 0) log('context features added at start', { context_features: missing });
    });
  }
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let found = 0;
  for (const item of whole) if (item === part[found]) found += 1;
  return found === part.length;
}

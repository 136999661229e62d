import { conflict, HeksherError, invalid, isContextFeatureName, notFound } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import {
  deleteContextFeature,
  hasInPlace,
  insertContextFeature,
  isContextFeatureUsed,
  listContextFeatures,
  renumberContextFeatures,
} from './context-features.store.js';

/** Where a context feature shall stand: right before or right after another. */
export type Place = Readonly<{ side: 'before' | 'after'; anchor: string }>;

/** The ordered list of context features; indices are 0..n-1 after every write. */
@Injectable()
export class ContextFeaturesService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, logger.child('context-features'));
  }

  list(): Promise<readonly string[]> {
    return listContextFeatures(this.dataSource.manager);
  }

  async indexOf(name: string): Promise<number> {
    const index = (await this.list()).indexOf(name);
    if (index === -1) throw unknownFeature(name);
    return index;
  }

  async add(name: string, caller: Caller): Promise<void> {
    await this.writes.run(caller, async (db, log) => {
      const features = await listContextFeatures(db);
      if (features.includes(name)) throw conflict('context feature already exists');
      await insertContextFeature(db, name);
      await renumberContextFeatures(db, [...features, name]);
      log('context feature added', { context_feature: name });
    });
  }

  async delete(name: string, caller: Caller): Promise<void> {
    await this.writes.run(caller, async (db, log) => {
      const features = await listContextFeatures(db);
      if (!features.includes(name)) throw unknownFeature(name);
      if (await isContextFeatureUsed(db, name)) {
        throw conflict("context feature can't be deleted, there is at least one setting configured by it");
      }
      await deleteContextFeature(db, name);
      await renumberContextFeatures(
        db,
        features.filter((feature) => feature !== name),
      );
      log('context feature deleted', { context_feature: name });
    });
  }

  async move(name: string, place: Place, caller: Caller): Promise<void> {
    await this.writes.run(caller, async (db, log) => {
      const features = await listContextFeatures(db);
      for (const feature of [name, place.anchor]) if (!features.includes(feature)) throw unknownFeature(feature);
      await renumberContextFeatures(db, moved(features, name, place));
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
    await this.writes.run({ message: 'HEKSHER_STARTUP_CONTEXT_FEATURES' }, async (db, log) => {
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

  /**
   * The given features in the order of the list.
   * @throws HeksherError `not_found` that names those which do not exist.
   */
  async inOrder(db: EntityManager, given: readonly string[]): Promise<readonly string[]> {
    const features = await listContextFeatures(db);
    const unknown = given.filter((feature) => !features.includes(feature));
    if (unknown.length === 0) return features.filter((feature) => given.includes(feature));
    const names = unknown.map((feature) => JSON.stringify(feature)).join(', ');
    throw new HeksherError('not_found', `no such context features: ${names} (have: ${features.join(', ') || 'none'})`);
  }
}

/** A name that could never be one is malformed input, not something that happens to be missing. */
function unknownFeature(name: string): HeksherError {
  if (isContextFeatureName(name)) return notFound('context feature', name);
  return invalid(
    `${JSON.stringify(name)} cannot be the name of a context feature: use letters, digits and "_"`,
    'name',
  );
}

function moved(features: readonly string[], name: string, { side, anchor }: Place): readonly string[] {
  if (name === anchor) return features;
  const others = features.filter((feature) => feature !== name);
  return others.toSpliced(others.indexOf(anchor) + (side === 'after' ? 1 : 0), 0, name);
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let found = 0;
  for (const item of whole) if (item === part[found]) found += 1;
  return found === part.length;
}

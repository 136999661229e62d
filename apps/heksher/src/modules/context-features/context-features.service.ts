import {
  conflict,
  CONTEXT_FEATURE_NAME_RULE,
  HeksherError,
  invalid,
  isContextFeatureName,
  listed,
  MOST_ENTRIES,
  notFound,
  quoted,
} from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { oneOfList, theList } from './context-features.answers.js';
import {
  deleteContextFeature,
  findUses,
  hasInPlace,
  insertContextFeature,
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
    if (index === -1) throw notFound('context feature', name);
    return index;
  }

  async add(name: string, caller: Caller): Promise<void> {
    await this.writes.run(caller, theList, async (db, log) => {
      const features = await listContextFeatures(db);
      if (features.includes(name)) {
        throw conflict('context feature already exists', { field: 'context_feature', code: 'already_exists' });
      }
      await insertContextFeature(db, name);
      await renumberContextFeatures(db, [...features, name]);
      log('context feature added', { context_feature: name });
    });
  }

  async delete(name: string, caller: Caller): Promise<void> {
    await this.writes.run(caller, oneOfList(name), async (db, log) => {
      const features = await listContextFeatures(db);
      if (!features.includes(name)) throw notFound('context feature', name);
      await requireUnused(db, name);
      await deleteContextFeature(db, name);
      await renumberContextFeatures(
        db,
        features.filter((feature) => feature !== name),
      );
      log('context feature deleted', { context_feature: name });
    });
  }

  async move(name: string, place: Place, caller: Caller): Promise<void> {
    await this.writes.run(caller, oneOfList(name), async (db, log) => {
      const features = await listContextFeatures(db);
      if (!features.includes(name)) throw notFound('context feature', name);
      if (!features.includes(place.anchor)) throw unknownAnchor(place);
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

  /**
   * The given features in the order of the list.
   * @throws HeksherError `not_found` that names those which do not exist.
   */
  async inOrder(db: EntityManager, given: readonly string[]): Promise<readonly string[]> {
    const features = await listContextFeatures(db);
    const known = new Set(features);
    const unknown = given.filter((feature) => !known.has(feature));
    if (unknown.length > 0) throw unknownFeatures(unknown, given, features);
    const wanted = new Set(given);
    return features.filter((feature) => wanted.has(feature));
  }
}

/** The message is that of Heksher 0.5; the entries name the settings. */
async function requireUnused(db: EntityManager, name: string): Promise<void> {
  const { settings, count } = await findUses(db, name, MOST_ENTRIES);
  if (count === 0) return;
  const message = "context feature can't be deleted, there is at least one setting configured by it";
  const errors = settings.map((setting) => ({
    ...({ field: 'name', parameter: 'name', code: 'in_use' } as const),
    message: `the setting ${quoted(setting)} is configured by it`,
    details: { setting },
  }));
  throw new HeksherError('conflict', message, { errors, omitted: count - errors.length });
}

/** To the contract, a name that can be none is malformed in a body, where it is missing in a path. */
function unknownAnchor({ side, anchor }: Place): HeksherError {
  const field = `to_${side}`;
  if (isContextFeatureName(anchor)) return notFound('context feature', anchor, { field });
  return invalid(
    `${field} must be the name of a context feature: ${CONTEXT_FEATURE_NAME_RULE}; given: ${quoted(anchor)}`,
    field,
  );
}

function unknownFeatures(
  unknown: readonly string[],
  given: readonly string[],
  features: readonly string[],
): HeksherError {
  const have = listed(features, (name) => name, 20) || 'none';
  const errors = unknown.slice(0, MOST_ENTRIES).map((feature) => ({
    field: 'configurable_features',
    pointer: `/configurable_features/${given.indexOf(feature)}`,
    message: `the context feature ${quoted(feature)} does not exist`,
    code: 'context_feature_not_found' as const,
  }));
  const omitted = unknown.length - errors.length;
  return new HeksherError('not_found', `no such context features: ${listed(unknown)} (have: ${have})`, {
    errors,
    omitted,
  });
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

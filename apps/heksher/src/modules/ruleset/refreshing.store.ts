import { nextRuleset, type Ruleset, type SettingChange, withFeatures } from '@heksher/ruleset';
import { sliced } from '../../in-slices.js';
import { type Changes, readChanges } from './changes.store.js';
import { headOf, inSnapshot, type Reader, type SnapshotReader } from './loading.js';
import { readManyChanges } from './many-changes.store.js';
import { refreshRollouts, type TouchedRollouts } from './rollouts-loading.store.js';
import { loadInSnapshot } from './ruleset.store.js';

/**
 * The ruleset as it is now, given an earlier one: only what the change log names is read, where the log still holds the earlier
 * revision itself; after a restore, a swap or a truncation, all is. One statement does for few changes to rules and settings.
 */
export async function refreshRuleset(reader: Reader, previous: Ruleset): Promise<Ruleset> {
  const { connection, loadTimeoutMs } = reader;
  const changes = await connection.inOneSession(reader.checkTimeoutMs, (session) =>
    readChanges(session, previous.revision, loadTimeoutMs),
  );
  if (changes.isContinued && changes.isFew && !changes.hasRollouts) {
    const base = await inOrder(previous, changes);
    return followFew(base, changes, { of: (name) => base.settings.get(name)?.rollouts ?? [] });
  }
  return inSnapshot(reader, (snapshot) => refreshInSnapshot(snapshot, previous));
}

/** The same in any case, in more than one statement. */
async function refreshInSnapshot(snapshot: SnapshotReader, previous: Ruleset): Promise<Ruleset> {
  const changes = await readChanges(snapshot.connection, previous.revision, snapshot.loadTimeoutMs);
  if (!changes.isContinued) return loadInSnapshot(snapshot);
  const base = await inOrder(previous, changes);
  if (changes.isFew) return followFew(base, changes, await refreshRollouts(snapshot, base, changes));
  const many = await readManyChanges(snapshot, base);
  const rollouts = await refreshRollouts(snapshot, base, { settings: many.touched, hasRollouts: changes.hasRollouts });
  const present = many.present.map(({ row, base: name, rules }): SettingChange => {
    return { head: headOf(row, rollouts.of(row[0])), base: name, rules };
  });
  const { touched, touchedRules } = many;
  return sliced(nextRuleset(base, { revision: changes.revision, touched, present, touchedRules }));
}

/** What is read of rules and rollouts now has its conditions in the order of now. */
function inOrder(previous: Ruleset, { features }: Changes): Promise<Ruleset> {
  return features === undefined ? Promise.resolve(previous) : sliced(withFeatures(previous, features));
}

/** All rules of a touched setting were logged one by one, so that those not named stay as they were. */
function followFew(base: Ruleset, changes: Changes, rollouts: TouchedRollouts): Promise<Ruleset> {
  const { revision, settings, rules, presentSettings, presentRules } = changes;
  const present = presentSettings.map((row): SettingChange => {
    const [name] = row;
    return { head: headOf(row, rollouts.of(name)), base: name, rules: presentRules.get(name) ?? [] };
  });
  return sliced(nextRuleset(base, { revision, touched: settings, present, touchedRules: rules }));
}

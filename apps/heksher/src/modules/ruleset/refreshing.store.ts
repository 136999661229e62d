import { nextRuleset, type Revision, type Ruleset, type SettingChange, withFeatures } from '@heksher/ruleset';
import { sliced } from '../../in-slices.js';
import { type FewChanges, readChanges } from './changes.store.js';
import { headOf, inSnapshot, type Reader, type SnapshotReader } from './loading.js';
import { readLog, readManyChanges } from './many-changes.store.js';
import { refreshRollouts, type TouchedRollouts } from './rollouts-loading.store.js';
import { loadInSnapshot, readFeatures } from './ruleset.store.js';

/**
 * The ruleset as it is now, given an earlier one: only what the change log names is read, where the log still holds the earlier
 * revision itself; after a restore, a swap or a truncation, all is. One statement does for few changes to rules and settings. Where nothing
 * changed it is the same one.
 */
export async function refreshRuleset(reader: Reader, previous: Ruleset): Promise<Ruleset> {
  const { connection, loadTimeoutMs } = reader;
  const changes = await connection.inOneSession(reader.checkTimeoutMs, (session) =>
    readChanges(session, previous.revision, loadTimeoutMs),
  );
  if (changes.revision.token === previous.revision.token) return previous;
  if (changes.kind === 'few' && !changes.hasRollouts) {
    const base = await inOrder(previous, changes.features);
    return followFew(base, changes, { of: (name) => base.settings.get(name)?.rollouts ?? [] });
  }
  return inSnapshot(reader, (snapshot) => refreshInSnapshot(snapshot, previous));
}

/** The same in any case, in more than one statement. */
async function refreshInSnapshot(snapshot: SnapshotReader, previous: Ruleset): Promise<Ruleset> {
  const changes = await readChanges(snapshot.connection, previous.revision, snapshot.loadTimeoutMs);
  if (changes.kind === 'all') return loadInSnapshot(snapshot);
  if (changes.kind === 'many') return followMany(snapshot, previous, changes.revision);
  const base = await inOrder(previous, changes.features);
  return followFew(base, changes, await refreshRollouts(snapshot, base, changes));
}

/** What is read of rules and rollouts has its conditions in the order of now. */
function inOrder(previous: Ruleset, features: readonly string[] | undefined): Promise<Ruleset> {
  return features === undefined ? Promise.resolve(previous) : sliced(withFeatures(previous, features));
}

async function followMany(snapshot: SnapshotReader, previous: Ruleset, revision: Revision): Promise<Ruleset> {
  const log = await readLog(snapshot, previous.revision);
  if (log.touchesAll) return loadInSnapshot(snapshot);
  const base = await inOrder(previous, log.hasFeatures ? await readFeatures(snapshot) : undefined);
  const { present, touchedRules, hasRollouts } = await readManyChanges(snapshot, base, log);
  const settings = [...log.touched.keys()];
  const rollouts = await refreshRollouts(snapshot, base, { settings, hasRollouts });
  const changes = present.map(({ row, base: name, rules }): SettingChange => {
    return { head: headOf(row, rollouts.of(row[0])), base: name, rules };
  });
  return sliced(nextRuleset(base, { revision, touched: settings, present: changes, touchedRules }));
}

/** All rules of a touched setting were logged one by one, so that those not named stay as they were. */
function followFew(base: Ruleset, changes: FewChanges, rollouts: TouchedRollouts): Promise<Ruleset> {
  const { revision, settings, rules, presentSettings, presentRules } = changes;
  const present = presentSettings.map((row): SettingChange => {
    const [name] = row;
    return { head: headOf(row, rollouts.of(name)), base: name, rules: presentRules.get(name) ?? [] };
  });
  return sliced(nextRuleset(base, { revision, touched: settings, present, touchedRules: rules }));
}

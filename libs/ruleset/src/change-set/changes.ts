import { type InSteps, type JsonText, writeJson } from '@heksher/core';
import { type Draft, type DraftRollout, DraftSetting, headOfSetting } from '../draft/index.js';
import { type Setting } from '../ruleset.js';
import { rolloutImage, ruleImage, settingImage } from './images.js';

/** Units that became members, and that are none any more. */
export type ChangedMembers = Readonly<{ added: readonly string[]; removed: readonly string[] }>;

/** What becomes of one thing that the API shows: its JSON before and after; null: it is not there. */
export type ChangedResource = Readonly<{ old: JsonText | null; new: JsonText | null }> &
  (Readonly<{ kind: 'context_features' | 'setting' | 'rule' }> | Readonly<{ kind: 'rollout'; units: ChangedMembers }>);

/** What a draft changes, by resources. */
export function* changesOf(draft: Draft): InSteps<readonly ChangedResource[]> {
  const changes: ChangedResource[] = [];
  const [before, now] = [[...draft.base.features], draft.features].map((features) => writeJson(features));
  if (before !== undefined && now !== undefined && before !== now) {
    changes.push({ kind: 'context_features', old: before, new: now });
  }
  for (const name of draft.deleted) {
    const setting = draft.base.settings.get(name);
    if (setting !== undefined) yield* addDeleted(draft, setting, changes);
  }
  for (const setting of draft.changed) yield* addChanged(draft, setting, changes);
  return changes;
}

/** All of its rules and rollouts go with it. */
function* addDeleted({ base }: Draft, setting: Setting, changes: ChangedResource[]): InSteps<void> {
  const { name } = setting;
  const was = new DraftSetting(base, setting, headOfSetting(setting, [...base.features]), () => 0);
  changes.push({ kind: 'setting', old: writeJson(settingImage(was.head)), new: null });
  let count = 0;
  for (const rule of was.rules()) {
    changes.push({ kind: 'rule', old: writeJson(ruleImage(name, rule)), new: null });
    if (++count % 256 === 0) yield;
  }
  for (const rollout of was.rollouts) {
    const units = { added: [], removed: [...rollout.members] };
    changes.push({ kind: 'rollout', old: writeJson(rolloutImage(name, rollout)), new: null, units });
    yield;
  }
}

function* addChanged(draft: Draft, setting: DraftSetting, changes: ChangedResource[]): InSteps<void> {
  const { base, name } = setting;
  const earlier = base?.name ?? name;
  const head = base && headOfSetting(base, [...draft.base.features]);
  const add = (change: ChangedResource): void => {
    const hasUnits = change.kind === 'rollout' && change.units.added.length + change.units.removed.length > 0;
    if (change.old !== change.new || hasUnits) changes.push(change);
  };
  const old = head === undefined ? null : writeJson(settingImage({ ...head, type: null }));
  add({ kind: 'setting', old, new: writeJson(settingImage(setting.head)) });
  let count = 0;
  for (const [id, rule] of setting.ruleChanges) {
    const was = id < 0 ? undefined : setting.baseRule(id);
    const isSame = was !== undefined && rule !== undefined && sameText(ruleImage('', was), ruleImage('', rule));
    if (!isSame) {
      add({
        kind: 'rule',
        old: was === undefined ? null : writeJson(ruleImage(earlier, was)),
        new: rule === undefined ? null : writeJson(ruleImage(name, rule)),
      });
    }
    if (++count % 256 === 0) yield;
  }
  for (const [id, rollout] of setting.rolloutChanges) {
    const was = id < 0 ? undefined : setting.baseRollout(id);
    const units = unitsOf(was, rollout);
    const hasUnits = units.added.length + units.removed.length > 0;
    const isSame =
      was !== undefined && rollout !== undefined && sameText(rolloutImage('', was), rolloutImage('', rollout));
    if (!isSame || hasUnits) {
      add({
        kind: 'rollout',
        old: was === undefined ? null : writeJson(rolloutImage(earlier, was)),
        new: rollout === undefined ? null : writeJson(rolloutImage(name, rollout)),
        units,
      });
    }
    yield;
  }
}

function sameText(a: Parameters<typeof writeJson>[0], b: Parameters<typeof writeJson>[0]): boolean {
  return writeJson(a) === writeJson(b);
}

function unitsOf(was: DraftRollout | undefined, now: DraftRollout | undefined): ChangedMembers {
  if (now === undefined) return { added: [], removed: was === undefined ? [] : [...was.members] };
  return { added: [...now.members.added], removed: [...now.members.removed] };
}

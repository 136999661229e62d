import { featureOf, forEachInSteps, formatVersion, type InSteps } from '@heksher/core';
import { LoadedRollout } from '../loaded-rollout.js';
import { nextRuleset, type RulesetChange, type SettingChange } from '../next-ruleset.js';
import { withFeatures } from '../reordered.js';
import { NO_METADATA, type StoredRule } from '../rule-table.js';
import { type Revision, ruleIds, type Ruleset } from '../ruleset.js';
import { type Draft } from './draft.js';
import { type DraftRollout, type DraftRule, type DraftSetting } from './draft-setting.js';
import { type Metadata, writeMetadata } from './metadata.js';

/** The ids that new rules and rollouts of a draft get. */
export type IdsOf = Readonly<{ rule: (id: number) => number; rollout: (id: number) => number }>;

/** The ruleset that writing the draft makes, but for how the database spells metadata. */
export function* nextOf(draft: Draft, revision: Revision, ids: IdsOf): InSteps<Ruleset> {
  const base = isReordered(draft) ? yield* withFeatures(draft.base, draft.features) : draft.base;
  return yield* nextRuleset(base, { revision, ...(yield* changeOf(draft, ids)) });
}

/** A draft that was written, and the ids that its new rules and rollouts got. */
export type WrittenDraft = Readonly<{ draft: Draft; ids: IdsOf }>;

/**
 * The same of several drafts of one ruleset that were written together and change different rules.
 * @param revision that all of them together left
 */
export function* nextOfAll(base: Ruleset, written: readonly WrittenDraft[], revision: Revision): InSteps<Ruleset> {
  const touched = new Set<string>();
  const present = new Map<string, SettingChange>();
  const touchedRules = new Set<number>();
  for (const { draft, ids } of written) {
    const change = yield* changeOf(draft, ids);
    for (const name of change.touched) touched.add(name);
    for (const one of change.present) {
      const before = present.get(one.head.name);
      present.set(one.head.name, { ...one, rules: [...(before?.rules ?? []), ...one.rules] });
    }
    for (const id of change.touchedRules) touchedRules.add(id);
  }
  return yield* nextRuleset(base, { revision, touched: [...touched], present: [...present.values()], touchedRules });
}

function* changeOf(draft: Draft, ids: IdsOf): InSteps<Omit<RulesetChange, 'revision'>> {
  const places = new Map(draft.features.map((feature, index) => [feature, index]));
  // A feature may have been moved, or added, after the rule.
  const inOrder = (conditions: DraftRule['conditions']): DraftRule['conditions'] =>
    conditions.toSorted((a, b) => (places.get(featureOf(a)) ?? 0) - (places.get(featureOf(b)) ?? 0));
  const touched = new Set(draft.deleted);
  const touchedRules = new Set<number>();
  const present: SettingChange[] = [];
  for (const setting of draft.changed) {
    if (setting.base !== undefined) touched.add(setting.base.name);
    touched.add(setting.name);
    const rules: StoredRule[] = [];
    yield* forEachInSteps(setting.ruleChanges, ([id, rule]) => {
      if (id >= 0) touchedRules.add(id);
      if (rule !== undefined) rules.push(storedRule({ ...rule, conditions: inOrder(rule.conditions) }, ids));
    });
    for (const { id } of rules) touchedRules.add(id);
    present.push({ head: yield* headOf(setting, ids), base: setting.base?.name, rules });
    yield;
  }
  return { touched: [...touched], present, touchedRules };
}

/** Ids behind all that there are, in the order in which things were made. */
export function provisionalIds({ settings }: Ruleset): IdsOf {
  let [rule, rollout] = [0, 0];
  for (const setting of settings.values()) {
    rule = Math.max(rule, ruleIds(setting).at(-1) ?? 0);
    for (const { id } of setting.rollouts) rollout = Math.max(rollout, id);
  }
  return { rule: (id) => (id < 0 ? rule - id : id), rollout: (id) => (id < 0 ? rollout - id : id) };
}

function isReordered({ base, features }: Draft): boolean {
  const before = [...base.features];
  return before.length !== features.length || before.some((feature, index) => feature !== features[index]);
}

function* headOf({ head, base, rollouts, rolloutChanges }: DraftSetting, ids: IdsOf): InSteps<SettingChange['head']> {
  const loaded: LoadedRollout[] = [];
  for (const rollout of rollouts) {
    const same = rolloutChanges.has(rollout.id) ? undefined : base?.rollouts.find(({ id }) => id === rollout.id);
    loaded.push(same ?? (yield* loadedRollout(rollout, ids)));
  }
  return {
    name: head.name,
    type: head.typeText,
    version: formatVersion(head.version),
    defaultValue: head.defaultValue,
    aliases: head.aliases,
    configurableFeatures: head.configurableFeatures,
    metadata: metadataText(head.metadata),
    rollouts: loaded.sort((a, b) => a.id - b.id),
  };
}

function* loadedRollout({ metadata, members, ...stored }: DraftRollout, ids: IdsOf): InSteps<LoadedRollout> {
  const row = { ...stored, id: ids.rollout(stored.id), metadata: metadataText(metadata) };
  return new LoadedRollout(row, yield* members.next());
}

function storedRule({ id, value, conditions, metadata }: DraftRule, ids: IdsOf): StoredRule {
  return { id: ids.rule(id), value, conditions, metadata: metadataText(metadata) };
}

function metadataText(metadata: Metadata): StoredRule['metadata'] {
  return metadata.size === 0 ? NO_METADATA : writeMetadata(metadata);
}

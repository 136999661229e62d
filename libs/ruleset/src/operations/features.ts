import {
  conflict,
  CONTEXT_FEATURE_NAME_RULE,
  featureOf,
  HeksherError,
  type InSteps,
  invalid,
  isContextFeatureName,
  listed,
  MOST_ENTRIES,
  notFound,
  quoted,
} from '@heksher/core';
import { type Draft, DraftSetting } from '../draft/index.js';
import { groupsOf } from '../rule-numbers.js';
import { type Ruleset, type Setting } from '../ruleset.js';

/** Where a context feature shall stand: right before or right after another. */
export type Place = Readonly<{ side: 'before' | 'after'; anchor: string }>;

export function addFeature(draft: Draft, name: string): void {
  if (draft.features.includes(name)) {
    throw conflict('context feature already exists', { field: 'context_feature', code: 'already_exists' });
  }
  draft.changeFeatures([...draft.features, name]);
}

/** Throws `conflict` where a setting is configurable by it, or a rule or rollout goes by it. */
export function* deleteFeature(draft: Draft, name: string): InSteps<void> {
  requireFeature(draft, name);
  const users: string[] = [];
  for (const setting of draft.settings()) {
    const isUsed =
      setting instanceof DraftSetting ? yield* usesInDraft(setting, name) : usesInRuleset(draft.base, setting, name);
    if (isUsed) users.push(setting.name);
    yield;
  }
  if (users.length > 0) throw inUse(users.sort());
  draft.changeFeatures(draft.features.filter((feature) => feature !== name));
}

export function moveFeature(draft: Draft, name: string, place: Place): void {
  requireFeature(draft, name);
  const { side, anchor } = place;
  if (!draft.features.includes(anchor)) throw unknownAnchor(place);
  if (name === anchor) return;
  const others = draft.features.filter((feature) => feature !== name);
  draft.changeFeatures(others.toSpliced(others.indexOf(anchor) + (side === 'after' ? 1 : 0), 0, name));
}

/**
 * The given features in the order of the list.
 * @throws HeksherError `not_found` that names those which do not exist.
 */
export function featuresInOrder({ features }: Draft, given: readonly string[]): readonly string[] {
  const known = new Set(features);
  const unknown = given.filter((feature) => !known.has(feature));
  if (unknown.length > 0) throw unknownFeatures(unknown, given, features);
  const wanted = new Set(given);
  return features.filter((feature) => wanted.has(feature));
}

function requireFeature({ features }: Draft, name: string): void {
  if (!features.includes(name)) throw notFound('context feature', name);
}

function* usesInDraft(setting: DraftSetting, name: string): InSteps<boolean> {
  if (setting.head.configurableFeatures.includes(name)) return true;
  const { rules, rollouts } = yield* setting.uses();
  return [...rules, ...rollouts].some(({ features }) => features.includes(name));
}

function usesInRuleset({ vocabulary }: Ruleset, setting: Setting, name: string): boolean {
  if (setting.configurableFeatures.includes(name)) return true;
  for (const { list } of groupsOf(setting.rules.numbers, vocabulary)) {
    if (vocabulary.featuresOf(list).includes(name)) return true;
  }
  const apart = [...setting.shadowed, ...setting.rollouts].some(({ conditions }) =>
    conditions.some((condition) => featureOf(condition) === name),
  );
  return apart || setting.rollouts.some(({ feature }) => feature === name);
}

/** The message is that of Heksher 0.5; the entries name the settings. */
function inUse(settings: readonly string[]): HeksherError {
  const message = "context feature can't be deleted, there is at least one setting configured by it";
  const errors = settings.slice(0, MOST_ENTRIES).map((setting) => ({
    ...({ field: 'name', parameter: 'name', code: 'in_use' } as const),
    message: `the setting ${quoted(setting)} is configured by it`,
    details: { setting },
  }));
  return new HeksherError('conflict', message, { errors, omitted: settings.length - errors.length });
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

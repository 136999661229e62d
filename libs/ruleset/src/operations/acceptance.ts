import { accepts, formatJson, type Json, listed, notAcceptable, pointerTo, quoted, shortened } from '@heksher/core';
import { type DraftHead } from '../draft/index.js';

/**
 * Throws `not_acceptable_here` unless the setting is configurable by all of these features.
 * @param pointerOf where the body names a feature
 */
export function requireConfigurable(
  { name, configurableFeatures }: DraftHead,
  features: readonly string[],
  pointerOf = (feature: string) => pointerTo('feature_values', feature),
): void {
  const foreign = features.find((feature) => !configurableFeatures.includes(feature));
  if (foreign === undefined) return;
  const configurable = listed(configurableFeatures, (each) => each, 20);
  throw notAcceptable(
    `the setting ${quoted(name)} is not configurable by ${quoted(foreign)} (it is by: ${configurable})`,
    { field: 'feature_values', pointer: pointerOf(foreign), code: 'not_configurable' },
  );
}

/** Throws `not_acceptable_here`, about `what`, such as `a rule`, unless the value is of the setting's type. */
export function requireType({ name, type, typeText }: DraftHead, value: Json, what: string, pointer = '/value'): void {
  if (type !== null && accepts(type, value)) return;
  throw notAcceptable(
    `${what} of the setting ${quoted(name)} must have a value of the type ${shortened(typeText, 200)}, not ${shortened(formatJson(value))}`,
    { field: 'value', pointer, code: 'wrong_type' },
  );
}

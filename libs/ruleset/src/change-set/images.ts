import { formatVersion, rawJson, type Writable } from '@heksher/core';
import { type DraftHead, type DraftRollout, type DraftRule, type Metadata } from '../draft/index.js';

/** Members of what the API shows of a thing. */
export type Image = Readonly<Record<string, Writable | undefined>>;

export function settingImage(head: DraftHead): Image {
  return {
    name: head.name,
    type: head.typeText,
    default_value: rawJson(head.defaultValue),
    version: formatVersion(head.version),
    configurable_features: head.configurableFeatures,
    metadata: metadataImage(head.metadata),
    aliases: head.aliases,
  };
}

export function ruleImage(setting: string, { value, conditions, metadata }: DraftRule): Image {
  return { setting, value: rawJson(value), feature_values: conditions, metadata: metadataImage(metadata) };
}

/** Members are not part of it. */
export function rolloutImage(setting: string, rollout: DraftRollout): Image {
  const { feature, conditions, enabled, percentage, ramp, pattern, value, variants, hash, salt, metadata } = rollout;
  return {
    setting,
    feature,
    feature_values: new Map(conditions),
    enabled,
    percentage: percentage === null ? undefined : Number(percentage),
    ramp: ramp === null ? undefined : rawJson(ramp),
    pattern,
    value: value === null ? undefined : rawJson(value),
    variants: variants === null ? undefined : rawJson(variants),
    hash,
    salt,
    metadata: metadataImage(metadata),
  };
}

function metadataImage(metadata: Metadata): ReadonlyMap<string, Writable> {
  const entries = [...metadata].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(entries.map(([key, text]) => [key, rawJson(text)]));
}

export { addText, addTextWithMetadata, type AdmittedRules, admittedRules, sizeOf } from './admitted-rules.js';
export { type Cell, type CellShare, type FeatureTest, isInCell } from './effect/cell.js';
export { type Cube, KNOWN, type Test } from './effect/cube.js';
export { type Effect, effectOf, type EffectOptions, type LintEffect, type SettingEffect } from './effect/effect.js';
export { type MovedShares, type PatternChange, type RolloutEffect } from './effect/rollout-effect.js';
export { type Example, type Samples } from './effect/samples.js';
export { type Decided, type Decider } from './effect/side.js';
export { evaluable, evaluableIn, type LoadedSetting } from './evaluable.js';
export { explainSetting } from './explain.js';
export { type FeatureValue, type FeatureValues, featureValues } from './feature-values.js';
export { type Line, linesOf } from './lines.js';
export { LoadedRollout, preparePatterns, type StoredRollout, tryPatterns } from './loaded-rollout.js';
export { MemberSet } from './member-set.js';
export { nextRuleset, type RulesetChange, type SettingChange } from './next-ruleset.js';
export { withFeatures } from './reordered.js';
export { hasOverride, type RuleSearch, searchRules } from './rule-search.js';
export { NO_METADATA, type StoredRule } from './rule-table.js';
export {
  countRules,
  findSetting,
  findSettings,
  findSettingsInSteps,
  type Revision,
  ruleCount,
  ruleIds,
  type Ruleset,
  type Setting,
  type SettingHead,
} from './ruleset.js';
export { RulesetBuilder } from './ruleset-builder.js';
export { textHash } from './text-hash.js';
export * from './draft/index.js';
export * from './operations/index.js';
export * from './change-set/index.js';

export { requireConfigurable, requireType } from './acceptance.js';
export { declare, type DeclarationResult, type DeclareOptions } from './declare.js';
export { addFeature, deleteFeature, featuresInOrder, moveFeature, type Place } from './features.js';
export { requireGivenSetting, requireRollout, requireRule, requireSetting } from './finding.js';
export {
  addRollout,
  changeRollout,
  type GivenValue,
  type NewRollout,
  requireOtherFeatures,
  type RolloutChanges,
  type RolloutFields,
  type RolloutKey,
} from './rollouts.js';
export {
  addRule,
  changeRule,
  deleteOverride,
  type NewRule,
  noOverride,
  type RuleChanges,
  setOverride,
} from './rules.js';
export {
  changeConfigurableFeatures,
  changeSettingMetadata,
  changeType,
  renameSetting,
  requireUnused,
} from './settings.js';

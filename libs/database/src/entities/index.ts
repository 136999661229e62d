import { ContextFeatureEntity } from './context-feature.entity.js';
import { ChangeEntity, RevisionEntity } from './revision.entity.js';
import { RolloutConditionEntity, RolloutEntity, RolloutMemberEntity, RolloutMetadataEntity } from './rollout.entity.js';
import { ConditionEntity, RuleEntity, RuleMetadataEntity } from './rule.entity.js';
import { ConfigurableEntity, SettingAliasEntity, SettingEntity, SettingMetadataEntity } from './setting.entity.js';

export {
  ChangeEntity,
  ConditionEntity,
  ConfigurableEntity,
  ContextFeatureEntity,
  RevisionEntity,
  RolloutConditionEntity,
  RolloutEntity,
  RolloutMemberEntity,
  RolloutMetadataEntity,
  RuleEntity,
  RuleMetadataEntity,
  SettingAliasEntity,
  SettingEntity,
  SettingMetadataEntity,
};

/** Every table of ours, for the data source. */
export const entities = [
  ContextFeatureEntity,
  SettingEntity,
  ConfigurableEntity,
  SettingAliasEntity,
  SettingMetadataEntity,
  RuleEntity,
  ConditionEntity,
  RuleMetadataEntity,
  RolloutEntity,
  RolloutConditionEntity,
  RolloutMemberEntity,
  RolloutMetadataEntity,
  RevisionEntity,
  ChangeEntity,
] as const;

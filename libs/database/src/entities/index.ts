import { ContextFeatureEntity } from './context-feature.entity.js';
import { ChangeEntity, RevisionEntity } from './revision.entity.js';
import { ConditionEntity, RuleEntity, RuleMetadataEntity } from './rule.entity.js';
import { ConfigurableEntity, SettingAliasEntity, SettingEntity, SettingMetadataEntity } from './setting.entity.js';

export {
  ChangeEntity,
  ConditionEntity,
  ConfigurableEntity,
  ContextFeatureEntity,
  RevisionEntity,
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
  RevisionEntity,
  ChangeEntity,
] as const;

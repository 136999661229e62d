import { KeyEntity, KeyUseEntity, KeyVerifierEntity, PrincipalEntity } from './access.entity.js';
import { ChangesetEntity, ChangesetEventEntity } from './changeset.entity.js';
import { ContextFeatureEntity } from './context-feature.entity.js';
import { ChangeEntity, RevisionEntity } from './revision.entity.js';
import { RolloutConditionEntity, RolloutEntity, RolloutMemberEntity, RolloutMetadataEntity } from './rollout.entity.js';
import { ConditionEntity, RuleEntity, RuleMetadataEntity } from './rule.entity.js';
import { ConfigurableEntity, SettingAliasEntity, SettingEntity, SettingMetadataEntity } from './setting.entity.js';
import { WebhookAttemptEntity, WebhookDeadLetterEntity, WebhookEntity } from './webhook.entity.js';

export {
  ChangeEntity,
  ChangesetEntity,
  ChangesetEventEntity,
  ConditionEntity,
  ConfigurableEntity,
  ContextFeatureEntity,
  KeyEntity,
  KeyUseEntity,
  KeyVerifierEntity,
  PrincipalEntity,
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
  WebhookAttemptEntity,
  WebhookDeadLetterEntity,
  WebhookEntity,
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
  KeyEntity,
  KeyVerifierEntity,
  KeyUseEntity,
  PrincipalEntity,
  ChangesetEntity,
  ChangesetEventEntity,
  WebhookEntity,
  WebhookAttemptEntity,
  WebhookDeadLetterEntity,
] as const;

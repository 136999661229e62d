import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { ContextFeatureEntity } from './context-feature.entity.js';
import { SettingEntity } from './setting.entity.js';

/** A rule for a share of the units that the context's value of `feature` names. JSON texts are kept as they were written. */
@Entity({ name: 'rollouts' })
@Check('rollouts_share_check', 'num_nonnulls(percentage, ramp) = 1')
@Check('rollouts_percentage_check', 'percentage >= 0 and percentage <= 100')
@Check('rollouts_outcome_check', 'num_nonnulls(value, variants) = 1')
@Check(
  'rollouts_json_check',
  `(ramp is null or ramp::json is not null) and (value is null or value::json is not null)
   and (variants is null or variants::json is not null)`,
)
@Check('rollouts_hash_check', `hash in ('murmur3', 'crc32')`)
export class RolloutEntity {
  @PrimaryGeneratedColumn({ type: 'integer', primaryKeyConstraintName: 'rollouts_pkey' })
  id: number;

  @Column({ type: 'varchar' })
  @ForeignKey(() => SettingEntity, { name: 'rollouts_setting_fkey', onUpdate: 'CASCADE', onDelete: 'CASCADE' })
  @Index('ix_rollouts_setting')
  setting: string;

  @Column({ type: 'varchar' })
  @ForeignKey(() => ContextFeatureEntity, { name: 'rollouts_feature_fkey' })
  feature: string;

  @Column({ type: 'boolean', default: true })
  enabled: boolean;

  /** A decimal with three places, as text; null where there is a ramp. */
  @Column({ type: 'numeric', precision: 6, scale: 3, nullable: true })
  percentage: string | null;

  /** `{"start", "end", "from", "to"}`; null where there is a percentage. */
  @Column({ type: 'text', nullable: true })
  ramp: string | null;

  @Column({ type: 'text', nullable: true })
  pattern: string | null;

  /** Null where there are variants. */
  @Column({ type: 'text', nullable: true })
  value: string | null;

  /** `[{"name", "value", "weight"}]`; null where there is one value. */
  @Column({ type: 'text', nullable: true })
  variants: string | null;

  @Column({ type: 'text' })
  hash: 'murmur3' | 'crc32';

  @Column({ type: 'text' })
  salt: string;
}

/** The rollout holds only where the context feature has the value. */
@Entity({ name: 'rollout_conditions' })
export class RolloutConditionEntity {
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'rollout_conditions_pkey' })
  @ForeignKey(() => RolloutEntity, {
    name: 'rollout_conditions_rollout_fkey',
    onUpdate: 'CASCADE',
    onDelete: 'CASCADE',
  })
  rollout: number;

  @PrimaryColumn({ type: 'varchar', name: 'context_feature', primaryKeyConstraintName: 'rollout_conditions_pkey' })
  @ForeignKey(() => ContextFeatureEntity, { name: 'rollout_conditions_context_feature_fkey' })
  contextFeature: string;

  @Column({ type: 'varchar', name: 'feature_value' })
  featureValue: string;
}

/** A unit that the rollout always has. */
@Entity({ name: 'rollout_members' })
export class RolloutMemberEntity {
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'rollout_members_pkey' })
  @ForeignKey(() => RolloutEntity, { name: 'rollout_members_rollout_fkey', onUpdate: 'CASCADE', onDelete: 'CASCADE' })
  rollout: number;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'rollout_members_pkey' })
  unit: string;
}

@Entity({ name: 'rollout_metadata' })
export class RolloutMetadataEntity {
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'rollout_metadata_pkey' })
  @ForeignKey(() => RolloutEntity, { name: 'rollout_metadata_rollout_fkey', onUpdate: 'CASCADE', onDelete: 'CASCADE' })
  rollout: number;

  @PrimaryColumn({ type: 'varchar', primaryKeyConstraintName: 'rollout_metadata_pkey' })
  key: string;

  @Column({ type: 'jsonb' })
  value: unknown;
}

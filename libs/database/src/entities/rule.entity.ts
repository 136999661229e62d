import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { ContextFeatureEntity } from './context-feature.entity.js';
import { SettingEntity } from './setting.entity.js';

@Entity({ name: 'rules' })
@Check('rules_value_check', '(value)::json IS NOT NULL')
export class RuleEntity {
  @PrimaryGeneratedColumn({ type: 'integer', primaryKeyConstraintName: 'rules_pkey' })
  id: number;

  @Column({ type: 'varchar' })
  @ForeignKey(() => SettingEntity, { name: 'rules_setting_fkey', onUpdate: 'CASCADE', onDelete: 'CASCADE' })
  @Index('ix_rules_setting')
  setting: string;

  /** JSON text, kept as it was written. */
  @Column({ type: 'varchar' })
  value: string;
}

/** The rule holds only where the context feature has the value; a feature without a condition may have any. */
@Entity({ name: 'conditions' })
// Over an expression, which TypeORM cannot describe: (context_feature, left(feature_value, 255)).
@Index('ix_conditions_feature_value', { synchronize: false })
export class ConditionEntity {
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'conditions_pkey' })
  @ForeignKey(() => RuleEntity, { name: 'conditions_rule_fkey', onUpdate: 'CASCADE', onDelete: 'CASCADE' })
  rule: number;

  @PrimaryColumn({ type: 'varchar', name: 'context_feature', primaryKeyConstraintName: 'conditions_pkey' })
  @ForeignKey(() => ContextFeatureEntity, { name: 'conditions_context_feature_fkey' })
  contextFeature: string;

  @Column({ type: 'varchar', name: 'feature_value' })
  featureValue: string;
}

@Entity({ name: 'rule_metadata' })
export class RuleMetadataEntity {
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'rule_metadata_pkey' })
  @ForeignKey(() => RuleEntity, { name: 'rule_metadata_rule_fkey', onUpdate: 'CASCADE', onDelete: 'CASCADE' })
  rule: number;

  @PrimaryColumn({ type: 'varchar', primaryKeyConstraintName: 'rule_metadata_pkey' })
  key: string;

  @Column({ type: 'jsonb' })
  value: unknown;
}

import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ContextFeatureEntity } from './context-feature.entity.js';

@Entity({ name: 'settings' })
@Check('settings_default_value_check', '(default_value)::json IS NOT NULL')
export class SettingEntity {
  @PrimaryColumn({ type: 'varchar', primaryKeyConstraintName: 'settings_pkey' })
  name: string;

  /** The type's text, canonical unless another writer wrote it. */
  @Column({ type: 'varchar' })
  type: string;

  /** JSON text, kept as it was written. */
  @Column({ type: 'varchar', name: 'default_value' })
  defaultValue: string;

  /** `MAJOR.MINOR` */
  @Column({ type: 'varchar' })
  version: string;
}

/** The setting's rules may have conditions on the context feature. */
@Entity({ name: 'configurable' })
export class ConfigurableEntity {
  @PrimaryColumn({ type: 'varchar', primaryKeyConstraintName: 'configurable_pkey' })
  @ForeignKey(() => SettingEntity, { name: 'configurable_setting_fkey', onUpdate: 'CASCADE', onDelete: 'CASCADE' })
  setting: string;

  @PrimaryColumn({ type: 'varchar', name: 'context_feature', primaryKeyConstraintName: 'configurable_pkey' })
  @ForeignKey(() => ContextFeatureEntity, { name: 'configurable_context_feature_fkey' })
  @Index('ix_configurable_context_feature')
  contextFeature: string;
}

/** Another name by which the setting is found. */
@Entity({ name: 'setting_aliases' })
export class SettingAliasEntity {
  @Column({ type: 'varchar' })
  @ForeignKey(() => SettingEntity, { name: 'setting_aliases_setting_fkey', onUpdate: 'CASCADE', onDelete: 'CASCADE' })
  @Index('ix_setting_aliases_setting')
  setting: string;

  @PrimaryColumn({ type: 'varchar', primaryKeyConstraintName: 'setting_aliases_pkey' })
  alias: string;
}

@Entity({ name: 'setting_metadata' })
export class SettingMetadataEntity {
  @PrimaryColumn({ type: 'varchar', primaryKeyConstraintName: 'setting_metadata_pkey' })
  @ForeignKey(() => SettingEntity, { name: 'setting_metadata_setting_fkey', onUpdate: 'CASCADE', onDelete: 'CASCADE' })
  setting: string;

  @PrimaryColumn({ type: 'varchar', primaryKeyConstraintName: 'setting_metadata_pkey' })
  key: string;

  @Column({ type: 'jsonb' })
  value: unknown;
}

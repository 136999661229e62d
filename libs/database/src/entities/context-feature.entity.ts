import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** `index` is the place in the order; a later feature is more specific. */
@Entity({ name: 'context_features' })
@Unique('context_features_index_key', ['index'], { deferrable: 'INITIALLY IMMEDIATE' })
export class ContextFeatureEntity {
  @PrimaryColumn({ type: 'varchar', primaryKeyConstraintName: 'context_features_pkey' })
  name: string;

  @Column({ type: 'integer' })
  index: number;
}

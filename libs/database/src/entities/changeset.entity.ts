import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A change set with what became of it. Its texts are JSON. */
@Entity({ name: 'heksher_changesets' })
@Check(
  'heksher_changesets_state_check',
  `state in ('proposed', 'approved', 'scheduled', 'applied', 'failed', 'withdrawn', 'rejected')`,
)
@Index('ix_heksher_changesets_state', ['state', 'id'])
// Of a part of the table, which TypeORM would write otherwise than PostgreSQL does.
@Index('ix_heksher_changesets_due', { synchronize: false })
export class ChangesetEntity {
  /** A bigint, as decimal text. */
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'heksher_changesets_pkey',
  })
  id: string;

  @Column({ type: 'text' })
  state: string;

  /** As they were given. */
  @Column({ type: 'text' })
  operations: string;

  @Column({ type: 'text', nullable: true })
  message: string | null;

  /** What its operations name; `*`: something that belongs to all settings; null: not known. */
  @Column({ type: 'text', array: true, nullable: true })
  settings: string[] | null;

  /** Who made it and who edited it, as far as they are known. */
  @Column({ type: 'text', array: true })
  authors: string[];

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'clock_timestamp()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'decided_at', nullable: true })
  decidedAt: Date | null;

  @Column({ type: 'text', name: 'if_revision', nullable: true })
  ifRevision: string | null;

  @Column({ type: 'timestamptz', name: 'apply_at', nullable: true })
  applyAt: Date | null;

  /** In seconds. */
  @Column({ type: 'integer', name: 'max_delay' })
  maxDelay: number;

  /** How often it was edited. */
  @Column({ type: 'integer', default: 0 })
  revised: number;

  @Column({ type: 'text', default: '[]' })
  approvals: string;

  /** The revision that it made. */
  @Column({ type: 'bigint', nullable: true })
  seq: string | null;

  @Column({ type: 'text', nullable: true })
  result: string | null;

  @Column({ type: 'text', nullable: true })
  failure: string | null;

  @Column({ type: 'text', nullable: true })
  undo: string | null;
}

/** What became of a change set. */
@Entity({ name: 'heksher_changeset_events' })
@Index('ix_heksher_changeset_events_seq', ['seq', 'id'])
export class ChangesetEventEntity {
  /** A bigint, as decimal text. */
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'heksher_changeset_events_pkey',
  })
  id: string;

  /** A bigint, as decimal text: the revision that it came behind. */
  @Column({ type: 'bigint' })
  seq: string;

  /** Tells it from one of the same id in another history. */
  @Column({ type: 'uuid' })
  token: string;

  /** A bigint, as decimal text. */
  @Column({ type: 'bigint' })
  changeset: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ type: 'text', nullable: true })
  actor: string | null;

  /** As of the change set. */
  @Column({ type: 'text', array: true, nullable: true })
  settings: string[] | null;

  /** JSON. */
  @Column({ type: 'text' })
  data: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at: Date;
}

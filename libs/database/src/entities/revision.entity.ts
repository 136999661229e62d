import { Check, Column, type ColumnType, Entity, Index, PrimaryColumn } from 'typeorm';

/** The one row that names the current contents of all data tables: equal tokens mean equal contents. */
@Entity({ name: 'heksher_revision' })
@Check('heksher_revision_one_row', 'one_row')
export class RevisionEntity {
  @PrimaryColumn({ type: 'boolean', name: 'one_row', default: true, primaryKeyConstraintName: 'heksher_revision_pkey' })
  oneRow: boolean;

  /** A bigint, as decimal text. Grows with every writing statement. */
  @Column({ type: 'bigint' })
  seq: string;

  @Column({ type: 'uuid' })
  token: string;
}

/** A type that TypeORM does not know; the data source teaches it. */
export const XID8 = 'xid8' as ColumnType;

/** What happened to one row, or (`statement`, `truncate`) the mark of one writing statement. Written by triggers only. */
@Entity({ name: 'heksher_changes' })
@Index('ix_heksher_changes_setting_seq', ['setting', 'seq'])
// Of parts of the log, which TypeORM would write otherwise than PostgreSQL does.
@Index('ix_heksher_changes_marks', { synchronize: false })
@Index('ix_heksher_changes_renamings', { synchronize: false })
@Index('ix_heksher_changes_no_setting', { synchronize: false })
export class ChangeEntity {
  /** A bigint, as decimal text; in the order of the changes. */
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'heksher_changes_pkey',
  })
  id: string;

  @Column({ type: 'bigint' })
  @Index('ix_heksher_changes_seq')
  seq: string;

  @Column({ type: 'uuid' })
  token: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  @Index('ix_heksher_changes_at', { type: 'brin' })
  at: Date;

  @Column({ type: 'text' })
  actor: string;

  @Column({ type: 'text' })
  table: string;

  @Column({ type: 'text' })
  op: 'statement' | 'truncate' | 'insert' | 'update' | 'delete';

  /** The canonical name, at that time, of the setting the row belongs to; null where the change may touch all settings. */
  @Column({ type: 'text', nullable: true })
  setting: string | null;

  @Column({ type: 'jsonb', nullable: true })
  old: unknown;

  @Column({ type: 'jsonb', nullable: true })
  new: unknown;

  /**
   * The transaction, as decimal text, with which of several writes that share one in the highest byte; null in entries from before it was
   * recorded.
   */
  @Column({ type: XID8, nullable: true, default: () => 'heksher_tx()' })
  tx: string | null;

  /** Why it was done, in the words of its author. */
  @Column({ type: 'text', nullable: true })
  message: string | null;

  /** The id of the request that it was done for. */
  @Column({ type: 'text', nullable: true, name: 'request_id' })
  requestId: string | null;

  /** The W3C trace context of the write, where it has one. */
  @Column({
    type: 'text',
    nullable: true,
    default: () => "NULLIF(current_setting('heksher.traceparent', true), '')",
  })
  traceparent: string | null;

  /** What others in that trace have said of it. */
  @Column({
    type: 'text',
    nullable: true,
    default: () => "NULLIF(current_setting('heksher.tracestate', true), '')",
  })
  tracestate: string | null;
}

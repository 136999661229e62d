import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An endpoint that is told of changes. */
@Entity({ name: 'heksher_webhooks' })
@Check('heksher_webhooks_state_check', `state in ('enabled', 'paused', 'failed', 'disabled')`)
@Check('heksher_webhooks_on_failure_check', `on_failure in ('pause', 'skip')`)
export class WebhookEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'heksher_webhooks_pkey' })
  id: string;

  @Column({ type: 'text' })
  url: string;

  @Column({ type: 'text' })
  description: string;

  /** Patterns of names. */
  @Column({ type: 'text', array: true })
  settings: string[];

  /** Of which types of events it is told. */
  @Column({ type: 'text', array: true, default: () => `'{heksher.change.committed}'` })
  events: string[];

  @Column({ type: 'text', name: 'on_failure' })
  onFailure: string;

  @Column({ type: 'text', default: 'enabled' })
  state: string;

  /** Why it is in this state. */
  @Column({ type: 'text', nullable: true })
  reason: string | null;

  /** Encrypted. */
  @Column({ type: 'bytea' })
  secret: Buffer;

  @Column({ type: 'bytea', name: 'previous_secret', nullable: true })
  previousSecret: Buffer | null;

  @Column({ type: 'timestamptz', name: 'previous_until', nullable: true })
  previousUntil: Date | null;

  /** Of the key pair that events are signed by, too, as receivers are given it. */
  @Column({ type: 'text', name: 'public_key', nullable: true })
  publicKey: string | null;

  /** Whether the endpoint is asked before anything is sent to it. */
  @Column({ type: 'boolean', default: false })
  handshake: boolean;

  /** A bigint, as decimal text: it was told of all up to this revision. */
  @Column({ type: 'bigint', name: 'cursor_seq' })
  cursorSeq: string;

  /** The beginning of the token of that revision. */
  @Column({ type: 'text', name: 'cursor_token' })
  cursorToken: string;

  /** A bigint, as decimal text: and behind that, of all events of change sets up to this one. */
  @Column({ type: 'bigint', name: 'cursor_event', default: 0 })
  cursorEvent: string;

  /** Behind what it must first be told that something was lost. */
  @Column({ type: 'text', name: 'reset_from', nullable: true })
  resetFrom: string | null;

  /** How often the present event was attempted in vain. */
  @Column({ type: 'integer', default: 0 })
  failures: number;

  @Column({ type: 'timestamptz', name: 'next_attempt_at', nullable: true })
  nextAttemptAt: Date | null;

  /** Of the process that tells it now. */
  @Column({ type: 'uuid', nullable: true })
  lease: string | null;

  @Column({ type: 'timestamptz', name: 'leased_until', nullable: true })
  leasedUntil: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'clock_timestamp()' })
  createdAt: Date;
}

/** One attempt to deliver an event. */
@Entity({ name: 'heksher_webhook_attempts' })
@Index('ix_heksher_webhook_attempts_webhook', ['webhook', 'id'])
export class WebhookAttemptEntity {
  /** A bigint, as decimal text. */
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'heksher_webhook_attempts_pkey',
  })
  id: string;

  @Column({ type: 'text' })
  @ForeignKey(() => WebhookEntity, { name: 'heksher_webhook_attempts_webhook_fkey', onDelete: 'CASCADE' })
  webhook: string;

  /** The `webhook-id` that was sent. */
  @Column({ type: 'text' })
  event: string;

  @Column({ type: 'text' })
  type: string;

  @Column({ type: 'timestamptz' })
  at: Date;

  @Column({ type: 'integer', name: 'duration_ms' })
  durationMs: number;

  /** Of the answer; null: there was none. */
  @Column({ type: 'integer', nullable: true })
  status: number | null;

  @Column({ type: 'text', nullable: true })
  error: string | null;

  /** The beginning of the answer's body. */
  @Column({ type: 'text', nullable: true })
  answer: string | null;
}

/** An event that was given up. */
@Entity({ name: 'heksher_webhook_dead' })
@Index('ix_heksher_webhook_dead_webhook', ['webhook', 'id'])
export class WebhookDeadLetterEntity {
  /** A bigint, as decimal text. */
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'heksher_webhook_dead_pkey',
  })
  id: string;

  @Column({ type: 'text' })
  @ForeignKey(() => WebhookEntity, { name: 'heksher_webhook_dead_webhook_fkey', onDelete: 'CASCADE' })
  webhook: string;

  @Column({ type: 'text' })
  event: string;

  @Column({ type: 'text' })
  type: string;

  /** The cursor before it. */
  @Column({ type: 'text', name: 'replay_from' })
  replayFrom: string;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at: Date;
}

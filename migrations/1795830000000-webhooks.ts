import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Endpoints, each with the place in the change log behind which it is to be told, and with who is telling it. No data tables: a revision
 * says nothing of them. Without a foreign key to the change log, which is pruned.
 */
const CREATE_WEBHOOKS = `
create table heksher_webhooks (
  id text not null,
  url text not null,
  description text not null,
  settings text[] not null,
  on_failure text not null,
  state text not null default 'enabled',
  reason text,
  secret bytea not null,
  previous_secret bytea,
  previous_until timestamptz,
  cursor_seq bigint not null,
  cursor_token text not null,
  reset_from text,
  failures integer not null default 0,
  next_attempt_at timestamptz,
  lease uuid,
  leased_until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  constraint heksher_webhooks_pkey primary key (id),
  constraint heksher_webhooks_state_check check (state in ('enabled', 'paused', 'failed', 'disabled')),
  constraint heksher_webhooks_on_failure_check check (on_failure in ('pause', 'skip'))
)`;

const CREATE_ATTEMPTS = `
create table heksher_webhook_attempts (
  id bigint generated always as identity,
  webhook text not null,
  event text not null,
  type text not null,
  at timestamptz not null,
  duration_ms integer not null,
  status integer,
  error text,
  answer text,
  constraint heksher_webhook_attempts_pkey primary key (id),
  constraint heksher_webhook_attempts_webhook_fkey foreign key (webhook) references heksher_webhooks (id) on delete cascade
)`;

const CREATE_DEAD = `
create table heksher_webhook_dead (
  id bigint generated always as identity,
  webhook text not null,
  event text not null,
  type text not null,
  replay_from text not null,
  reason text not null,
  at timestamptz not null default clock_timestamp(),
  constraint heksher_webhook_dead_pkey primary key (id),
  constraint heksher_webhook_dead_webhook_fkey foreign key (webhook) references heksher_webhooks (id) on delete cascade
)`;

/** Webhooks: who is told of changes, and how that went. */
export class Webhooks1795830000000 implements MigrationInterface {
  readonly name = 'Webhooks1795830000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    for (const statement of [CREATE_WEBHOOKS, CREATE_ATTEMPTS, CREATE_DEAD]) await db.query(statement);
    await db.query('create index ix_heksher_webhook_attempts_webhook on heksher_webhook_attempts (webhook, id)');
    await db.query('create index ix_heksher_webhook_dead_webhook on heksher_webhook_dead (webhook, id)');
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('drop table heksher_webhook_dead, heksher_webhook_attempts, heksher_webhooks');
  }
}

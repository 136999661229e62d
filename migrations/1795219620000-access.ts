import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { createTriggers } from './change-log/triggers.js';

const TRIGGERS = [
  'heksher_1_take_revision',
  'heksher_2_log_truncate',
  'heksher_3_log_insert',
  'heksher_4_log_update',
  'heksher_5_log_delete',
];

/** Of a key the database has its hash alone, in a table apart: images in the change log have nothing of it. */
const CREATE_KEYS = `
create table heksher_keys (
  selector text not null,
  subject text not null,
  kind text not null,
  grants text[] not null,
  pinned jsonb not null default '{}',
  description text not null default '',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  constraint heksher_keys_pkey primary key (selector),
  constraint heksher_keys_kind_check check (kind in ('user', 'machine'))
)`;

const CREATE_VERIFIERS = `
create table heksher_key_verifiers (
  selector text not null,
  verifier bytea not null,
  constraint heksher_key_verifiers_pkey primary key (selector),
  constraint heksher_key_verifiers_selector_fkey foreign key (selector) references heksher_keys (selector) on delete cascade
)`;

/** Without triggers: to use a key makes no revision. */
const CREATE_USES = `
create table heksher_key_uses (
  selector text not null,
  last_used_at timestamptz not null,
  constraint heksher_key_uses_pkey primary key (selector),
  constraint heksher_key_uses_selector_fkey foreign key (selector) references heksher_keys (selector) on delete cascade
)`;

/** Keys, with what each of them is granted. */
export class Access1795219620000 implements MigrationInterface {
  readonly name = 'Access1795219620000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    const tables = [CREATE_KEYS, CREATE_VERIFIERS, CREATE_USES];
    const always = TRIGGERS.map((trigger) => `enable always trigger ${trigger}`).join(', ');
    // In the change log, and with it in the revision. Its rows belong to no setting.
    const triggers = [...createTriggers('heksher_keys', ''), `alter table heksher_keys ${always}`];
    for (const statement of [...tables, ...triggers]) await db.query(statement);
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('drop table heksher_key_uses, heksher_key_verifiers, heksher_keys');
  }
}

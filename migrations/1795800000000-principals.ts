import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { createTriggers } from './change-log/triggers.js';

const TRIGGERS = [
  'heksher_1_take_revision',
  'heksher_2_log_truncate',
  'heksher_3_log_insert',
  'heksher_4_log_update',
  'heksher_5_log_delete',
];

const CREATE_PRINCIPALS = `
create table heksher_principals (
  id text not null,
  kind text not null,
  issuer text not null,
  name text not null,
  grants text[] not null,
  pinned jsonb not null default '{}',
  note text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint heksher_principals_pkey primary key (id),
  constraint heksher_principals_kind_issuer_name_key unique (kind, issuer, name),
  constraint heksher_principals_kind_check check (kind in ('subject', 'client', 'role'))
)`;

/** What those who come with access tokens are granted. */
export class Principals1795800000000 implements MigrationInterface {
  readonly name = 'Principals1795800000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    const always = TRIGGERS.map((trigger) => `enable always trigger ${trigger}`).join(', ');
    // In the change log, and with it in the revision. Its rows belong to no setting.
    const triggers = [...createTriggers('heksher_principals', ''), `alter table heksher_principals ${always}`];
    for (const statement of [CREATE_PRINCIPALS, ...triggers]) await db.query(statement);
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('drop table heksher_principals');
  }
}

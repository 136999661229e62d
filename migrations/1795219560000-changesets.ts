import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Change sets with what became of them. It is no data table: a revision says nothing of it. */
const CREATE_CHANGESETS = `
create table heksher_changesets (
  id bigint generated always as identity,
  state text not null,
  operations text not null,
  message text,
  authors text[] not null,
  created_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  if_revision text,
  apply_at timestamptz,
  max_delay integer not null,
  revised integer not null default 0,
  approvals text not null default '[]',
  seq bigint,
  result text,
  failure text,
  undo text,
  constraint heksher_changesets_pkey primary key (id),
  constraint heksher_changesets_state_check
    check (state in ('proposed', 'approved', 'scheduled', 'applied', 'failed', 'withdrawn', 'rejected'))
)`;

/** Change sets: their review, their schedule, and how to undo them. */
export class Changesets1795219560000 implements MigrationInterface {
  readonly name = 'Changesets1795219560000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await db.query(CREATE_CHANGESETS);
    await db.query(
      `create index ix_heksher_changesets_due on heksher_changesets (apply_at, id) where state = 'scheduled'`,
    );
    await db.query('create index ix_heksher_changesets_state on heksher_changesets (state, id)');
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('drop table heksher_changesets');
  }
}

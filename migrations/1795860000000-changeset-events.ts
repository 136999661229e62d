import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What became of change sets, each behind a revision, in the order of the commits. No data table: a revision says nothing of it. */
const CREATE = `
create table heksher_changeset_events (
  id bigint generated always as identity,
  seq bigint not null,
  token uuid not null,
  changeset bigint not null,
  kind text not null,
  actor text,
  settings text[],
  data text not null,
  at timestamptz not null default clock_timestamp(),
  constraint heksher_changeset_events_pkey primary key (id)
)`;

/** Webhooks and brokers are told of reviews. */
export class ChangesetEvents1795860000000 implements MigrationInterface {
  readonly name = 'ChangesetEvents1795860000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await db.query(CREATE);
    await db.query('create index ix_heksher_changeset_events_seq on heksher_changeset_events (seq, id)');
    await db.query(
      `alter table heksher_webhooks add column events text[] not null default '{heksher.change.committed}',
         add column cursor_event bigint not null default 0`,
    );
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('alter table heksher_webhooks drop column cursor_event, drop column events');
    await db.query('drop table heksher_changeset_events');
  }
}

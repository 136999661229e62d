import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { ACTOR, createFunction, createTriggers, functionBodies } from './change-log/triggers.js';

/** Each data table with what names the setting of its rows: a column, `rule` (the rule's setting), or nothing. */
const LOGGED_TABLES: ReadonlyMap<string, string> = new Map([
  ['context_features', ''],
  ['settings', 'name'],
  ['configurable', 'setting'],
  ['setting_aliases', 'setting'],
  ['setting_metadata', 'setting'],
  ['rules', 'setting'],
  ['conditions', 'rule'],
  ['rule_metadata', 'rule'],
]);

const FUNCTIONS = functionBodies({ parents: new Map([['rule', 'rules']]), origin: ACTOR, unmarked: '' });

/** One row that every writing statement updates: its lock puts writers in one order. Kept small and vacuumed often. */
const CREATE_REVISION = `
create table heksher_revision (
  one_row boolean not null default true,
  seq bigint not null,
  token uuid not null,
  constraint heksher_revision_pkey primary key (one_row),
  constraint heksher_revision_one_row check (one_row)
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000)`;

const CREATE_CHANGES = `
create table heksher_changes (
  id bigint generated always as identity,
  seq bigint not null,
  token uuid not null,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  "table" text not null,
  op text not null,
  setting text,
  old jsonb,
  new jsonb,
  constraint heksher_changes_pkey primary key (id)
)`;

/** The first revision is in the log too, so that a reader who stands there can go forward. */
const FIRST_REVISION = `
with first as (
  insert into heksher_revision (seq, token) values (1, gen_random_uuid()) returning seq, token
)
insert into heksher_changes (seq, token, actor, "table", op)
select first.seq, first.token, session_user, 'heksher_revision', 'statement' from first`;

/** The revision row and the change log, kept by triggers so that every writer counts, whatever program it is. */
export class CreateChangeLog1795219260000 implements MigrationInterface {
  readonly name = 'CreateChangeLog1795219260000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    const [{ schema }] = await db.query<readonly [{ schema: string }]>(
      'select quote_ident(current_schema()) as schema',
    );
    const statements = [
      CREATE_REVISION,
      CREATE_CHANGES,
      'create index ix_heksher_changes_seq on heksher_changes (seq)',
      'create index ix_heksher_changes_at on heksher_changes using brin (at)',
      FIRST_REVISION,
      ...[...FUNCTIONS].map(([name, body]) => createFunction(schema, name, body)),
      ...[...FUNCTIONS.keys()].map((name) => `revoke execute on function ${name}() from public`),
      ...[...LOGGED_TABLES].flatMap(([table, setting]) => createTriggers(table, setting)),
    ];
    for (const statement of statements) await db.query(statement);
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    for (const name of FUNCTIONS.keys()) await db.query(`drop function ${name}() cascade`);
    await db.query('drop table heksher_changes, heksher_revision');
  }
}

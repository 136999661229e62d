import { type MigrationInterface, type QueryRunner } from 'typeorm';

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

/**
 * All trigger functions run as the owner of the log (security definer), so that another role that may write the data
 * tables, such as the Python service's, needs no grant on ours; their search path is fixed, so that no caller's
 * tables stand in for ours. Sequential scans are off because plans are kept: one made while `rules` was tiny would
 * otherwise read all of it for every row of a bulk load. Compiling (jit) costs a small write a hundred times itself.
 */
const createFunction = (schema: string, name: string, body: string): string => `
create function ${name}() returns trigger language plpgsql security definer
set search_path = pg_catalog, ${schema}, pg_temp
set enable_seqscan = off
set jit = off
as $function$
${body}
$function$`;

const ACTOR = `coalesce(nullif(current_setting('heksher.actor', true), ''), session_user)`;

/** Where the transaction's newest version of the revision row lies; null before its first writing statement. */
const PLACE = `nullif(current_setting('heksher.revision_place', true), '')::tid`;

/** The setting of a row, from its image: the trigger's argument says where to look. Null where a cascade took the rule. */
const SETTING_OF = `
  case tg_argv[0]
    when '' then null
    when 'rule' then (select r.setting from rules r where r.id = (image.row ->> 'rule')::integer)
    else image.row ->> tg_argv[0]
  end`;

/**
 * Before each statement: the next revision, and its mark, also when the statement then changes no row. Later statements of
 * the transaction go straight to the row's newest version by its place: to find it from the index they would pass all
 * the versions before, and ten thousand statements in one transaction would take time with their square.
 */
const TAKE_REVISION = `
declare
  place tid := ${PLACE};
  current record;
begin
  update heksher_revision r set seq = r.seq + 1, token = gen_random_uuid() where r.ctid = place
  returning r.seq, r.token, r.ctid into current;
  if not found then
    update heksher_revision r set seq = r.seq + 1, token = gen_random_uuid() where r.one_row
    returning r.seq, r.token, r.ctid into current;
  end if;
  if not found then
    raise exception 'heksher_revision holds no row' using errcode = 'object_not_in_prerequisite_state';
  end if;
  perform set_config('heksher.revision_place', current.ctid::text, true);
  insert into heksher_changes (seq, token, actor, "table", op)
  values (current.seq, current.token, ${ACTOR}, tg_table_name,
          case tg_op when 'TRUNCATE' then 'truncate' else 'statement' end);
  return null;
end`;

const logRows = (op: 'insert' | 'delete', rows: string, image: 'new' | 'old'): string => `
  insert into heksher_changes (seq, token, actor, "table", op, setting, ${image})
  select revision.seq, revision.token, ${ACTOR}, tg_table_name, '${op}', ${SETTING_OF}, image.row
    from heksher_revision revision
   cross join ${rows} changed
   cross join lateral (select to_jsonb(changed) as row offset 0) image
   where revision.ctid = ${PLACE};`;

const LOG_INSERT = `begin ${logRows('insert', 'new_rows', 'new')} return null; end`;
const LOG_DELETE = `begin ${logRows('delete', 'old_rows', 'old')} return null; end`;

/** The rows that a truncation is about to take, so that it can be undone as a deletion can. */
const LOG_TRUNCATE = `
begin
  execute format($statement$
    insert into heksher_changes (seq, token, actor, "table", op, setting, old)
    select revision.seq, revision.token, $2, $3, 'delete',
           case $1 when '' then null
                   when 'rule' then (select r.setting from rules r where r.id = (image.row ->> 'rule')::integer)
                   else image.row ->> $1 end,
           image.row
      from heksher_revision revision
     cross join %I.%I changed
     cross join lateral (select to_jsonb(changed) as row offset 0) image
     where revision.ctid = ${PLACE}
  $statement$, tg_table_schema, tg_table_name) using tg_argv[0], ${ACTOR}, tg_table_name;
  return null;
end`;

/**
 * Only a row trigger knows which new row an old one became. A condition or a key of metadata that moves to another rule is
 * logged as a deletion and an insertion, since it touches two settings and an entry names one.
 */
const LOG_UPDATE = `
declare
  revision record;
  before jsonb := to_jsonb(old);
  after jsonb := to_jsonb(new);
begin
  select r.seq, r.token into revision from heksher_revision r where r.ctid = ${PLACE};
  if tg_argv[0] = 'rule' and before -> 'rule' <> after -> 'rule' then
    insert into heksher_changes (seq, token, actor, "table", op, setting, old, new)
    select revision.seq, revision.token, ${ACTOR}, tg_table_name, image.op, ${SETTING_OF},
           case image.op when 'delete' then image.row end, case image.op when 'insert' then image.row end
      from (values ('delete', before), ('insert', after)) image (op, row);
  else
    insert into heksher_changes (seq, token, actor, "table", op, setting, old, new)
    select revision.seq, revision.token, ${ACTOR}, tg_table_name, 'update', ${SETTING_OF}, before, image.row
      from (select after as row) image;
  end if;
  return null;
end`;

const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['heksher_take_revision', TAKE_REVISION],
  ['heksher_log_insert', LOG_INSERT],
  ['heksher_log_delete', LOG_DELETE],
  ['heksher_log_truncate', LOG_TRUNCATE],
  ['heksher_log_update', LOG_UPDATE],
]);

/** PostgreSQL fires triggers of one kind in the order of their names: a truncation takes the revision, then logs. */
const createTriggers = (table: string, setting: string): readonly string[] => [
  `create trigger heksher_1_take_revision before insert or update or delete or truncate on ${table}
   for each statement execute function heksher_take_revision()`,
  `create trigger heksher_2_log_truncate before truncate on ${table}
   for each statement execute function heksher_log_truncate('${setting}')`,
  `create trigger heksher_3_log_insert after insert on ${table} referencing new table as new_rows
   for each statement execute function heksher_log_insert('${setting}')`,
  `create trigger heksher_4_log_update after update on ${table}
   for each row execute function heksher_log_update('${setting}')`,
  `create trigger heksher_5_log_delete after delete on ${table} referencing old table as old_rows
   for each statement execute function heksher_log_delete('${setting}')`,
];

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

import { type EntityManager } from 'typeorm';

/**
 * The tables whose rows belong to a setting by way of another row: each by the column that refers to it. A condition
 * is its `rule`'s, and that rule's setting is the condition's.
 */
export type Parents = ReadonlyMap<string, string>;

/**
 * All trigger functions run as the owner of the log (security definer), so that another role that may write the data
 * tables, such as the Python service's, needs no grant on ours; their search path is fixed, so that no caller's
 * tables stand in for ours. Sequential scans are off because plans are kept: one made while `rules` was tiny would
 * otherwise read all of it for every row of a bulk load. Compiling (jit) costs a small write a hundred times itself.
 */
export const createFunction = (schema: string, name: string, body: string): string => `
create or replace function ${name}() returns trigger language plpgsql security definer
set search_path = pg_catalog, ${schema}, pg_temp
set enable_seqscan = off
set jit = off
as $function$
${body}
$function$`;

/** A column of the log that says where a write comes from, and the expression it is taken from. */
export type Origin = ReadonlyMap<string, string>;

const settingOrNull = (name: string): string => `nullif(current_setting('${name}', true), '')`;

/** Who writes: as the transaction says, else the user of the database. */
export const ACTOR: Origin = new Map([['actor', `coalesce(${settingOrNull('heksher.actor')}, session_user)`]]);

/** Who writes, why, and for which request. */
export const ACTOR_AND_REASON: Origin = new Map([
  ...ACTOR,
  ['message', settingOrNull('heksher.message')],
  ['request_id', settingOrNull('heksher.request_id')],
]);

const columnsOf = (origin: Origin): string => [...origin.keys()].join(', ');
const valuesOf = (origin: Origin): string => [...origin.values()].join(', ');

/**
 * What a version of the log knows. `unmarked`: what the row trigger does where no statement took a revision before it; `taken`: what
 * is done when one was taken.
 */
export type LogForm = Readonly<{ parents: Parents; origin: Origin; unmarked: string; taken?: string }>;

/** Where the transaction's newest version of the revision row lies; null before its first writing statement. */
const PLACE = `nullif(current_setting('heksher.revision_place', true), '')::tid`;

/** The setting of a row, from its image: the trigger's argument says where to look. Null where a cascade took the parent. */
const settingOf = (parents: Parents, argument: string): string => {
  const byParent = Array.from(
    parents,
    ([column, table]) =>
      `when '${column}' then (select r.setting from ${table} r where r.id = (image.row ->> '${column}')::integer)`,
  );
  return `
  case ${argument}
    when '' then null
    ${byParent.join('\n    ')}
    else image.row ->> ${argument}
  end`;
};

/**
 * Before each statement: the next revision, and its mark, also when the statement then changes no row. Later statements of
 * the transaction go straight to the row's newest version by its place: to find it from the index they would pass all
 * the versions before, and ten thousand statements in one transaction would take time with their square.
 */
const takeRevision = ({ origin, taken = '' }: LogForm): string => `
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
  insert into heksher_changes (seq, token, ${columnsOf(origin)}, "table", op)
  values (current.seq, current.token, ${valuesOf(origin)}, tg_table_name,
          case tg_op when 'TRUNCATE' then 'truncate' else 'statement' end);${taken}
  return null;
end`;

const logRows = ({ parents, origin }: LogForm, op: 'insert' | 'delete', rows: string, image: 'new' | 'old'): string => `
begin
  insert into heksher_changes (seq, token, ${columnsOf(origin)}, "table", op, setting, ${image})
  select revision.seq, revision.token, ${valuesOf(origin)}, tg_table_name, '${op}', ${settingOf(parents, 'tg_argv[0]')}, image.row
    from heksher_revision revision
   cross join ${rows} changed
   cross join lateral (select to_jsonb(changed) as row offset 0) image
   where revision.ctid = ${PLACE};
  return null;
end`;

/** The rows that a truncation is about to take, so that it can be undone as a deletion can. */
const logTruncate = ({ parents, origin }: LogForm): string => `
begin
  execute format($statement$
    insert into heksher_changes (seq, token, ${columnsOf(origin)}, "table", op, setting, old)
    select revision.seq, revision.token, ${valuesOf(origin)}, $2, 'delete', ${settingOf(parents, '$1')}, image.row
      from heksher_revision revision
     cross join %I.%I changed
     cross join lateral (select to_jsonb(changed) as row offset 0) image
     where revision.ctid = ${PLACE}
  $statement$, tg_table_schema, tg_table_name) using tg_argv[0], tg_table_name;
  return null;
end`;

/** Whether an updated row has another parent than before. */
const hasMoved = (parents: Parents): string =>
  Array.from(
    parents.keys(),
    (column) => `tg_argv[0] = '${column}' and before -> '${column}' <> after -> '${column}'`,
  ).join(' or ');

/**
 * Only a row trigger knows which new row an old one became. What moves to another parent, as a condition to another rule, is
 * logged as a deletion and an insertion, since it touches two settings and an entry names one.
 */
const logUpdate = ({ parents, origin, unmarked }: LogForm): string => `
declare
  revision record;
  before jsonb := to_jsonb(old);
  after jsonb := to_jsonb(new);
begin
  select r.seq, r.token into revision from heksher_revision r where r.ctid = ${PLACE};${unmarked}
  if ${hasMoved(parents)} then
    insert into heksher_changes (seq, token, ${columnsOf(origin)}, "table", op, setting, old, new)
    select revision.seq, revision.token, ${valuesOf(origin)}, tg_table_name, image.op, ${settingOf(parents, 'tg_argv[0]')},
           case image.op when 'delete' then image.row end, case image.op when 'insert' then image.row end
      from (values ('delete', before), ('insert', after)) image (op, row);
  else
    insert into heksher_changes (seq, token, ${columnsOf(origin)}, "table", op, setting, old, new)
    select revision.seq, revision.token, ${valuesOf(origin)}, tg_table_name, 'update', ${settingOf(parents, 'tg_argv[0]')}, before, image.row
      from (select after as row) image;
  end if;
  return null;
end`;

/** The bodies of the trigger functions by their names. */
export const functionBodies = (form: LogForm): ReadonlyMap<string, string> =>
  new Map([
    ['heksher_take_revision', takeRevision(form)],
    ['heksher_log_insert', logRows(form, 'insert', 'new_rows', 'new')],
    ['heksher_log_delete', logRows(form, 'delete', 'old_rows', 'old')],
    ['heksher_log_truncate', logTruncate(form)],
    ['heksher_log_update', logUpdate(form)],
  ]);

/** Gives the functions these bodies; their owners and grants stay as they are. */
export async function replaceFunctions(db: EntityManager, form: LogForm): Promise<void> {
  const [{ schema }] = await db.query<readonly [{ schema: string }]>('select quote_ident(current_schema()) as schema');
  for (const [name, body] of functionBodies(form)) await db.query(createFunction(schema, name, body));
}

/** PostgreSQL fires triggers of one kind in the order of their names: a truncation takes the revision, then logs. */
export const createTriggers = (table: string, setting: string): readonly string[] => [
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

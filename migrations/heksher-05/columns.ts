import { type EntityManager } from 'typeorm';
import { refusal } from './inspect.js';
import { type Column, TABLES } from './schema.js';

type FoundColumn = Readonly<{
  table: string;
  name: string;
  type: string;
  shown: string;
  required: boolean;
  filled: boolean;
  generated: boolean;
}>;

/** The types, by their internal names, that can become each of ours without loss. */
const CONVERTIBLE: Record<Column['type'], readonly string[]> = {
  integer: ['int4', 'int2', 'int8'],
  varchar: ['varchar', 'text'],
  jsonb: ['jsonb', 'json'],
};

/** How `format_type` shows each of our types. */
const SHOWN: Record<Column['type'], string> = { integer: 'integer', varchar: 'character varying', jsonb: 'jsonb' };

/** The statements that bring the columns of an adopted database to ours. Throws where one is missing or of another kind. */
export async function planColumns(db: EntityManager): Promise<readonly string[]> {
  const found = await findColumns(db);
  const plan: string[] = [];
  for (const [table, columns] of TABLES) {
    const present = found.filter((column) => column.table === table);
    checkExtraColumns(table, columns, present);
    for (const column of columns) plan.push(...planColumn(table, column, present));
  }
  return plan;
}

async function findColumns(db: EntityManager): Promise<readonly FoundColumn[]> {
  return db.query<readonly FoundColumn[]>(
    `select c.relname as "table", a.attname as name, t.typname as type, format_type(a.atttypid, a.atttypmod) as shown,
            a.attnotnull as required, a.atthasdef or a.attidentity <> '' as filled, a.attgenerated <> '' as generated
       from pg_attribute a
       join pg_class c on c.oid = a.attrelid
       join pg_type t on t.oid = a.atttypid
      where c.oid = any (select to_regclass(quote_ident(name)) from unnest($1::text[]) wanted(name))
        and a.attnum > 0 and not a.attisdropped`,
    [[...TABLES.keys()]],
  );
}

function checkExtraColumns(table: string, columns: readonly Column[], present: readonly FoundColumn[]): void {
  const extra = present.filter((found) => !columns.some((column) => column.name === found.name));
  const blocking = extra.find((found) => found.required && !found.filled);
  if (blocking) throw refusal(`"${table}" has the unknown column "${blocking.name}", which is required`);
}

function planColumn(table: string, column: Column, present: readonly FoundColumn[]): readonly string[] {
  const found = present.find((candidate) => candidate.name === column.name);
  if (found === undefined) throw refusal(`"${table}" has no column "${column.name}"`);
  if (found.generated || !CONVERTIBLE[column.type].includes(found.type))
    throw refusal(`"${table}"."${column.name}" is ${found.shown}; expected ${SHOWN[column.type]}`);
  const plan: string[] = [];
  const alter = `alter table ${table} alter column "${column.name}"`;
  if (found.shown !== SHOWN[column.type])
    plan.push(`${alter} type ${column.type} using "${column.name}"::${column.type}`);
  if (!found.required) plan.push(...(FILL_NULLS.get(`${table}.${column.name}`) ?? []), `${alter} set not null`);
  if (table === 'rules' && column.name === 'id') plan.push(...planIds(found.filled));
  return plan;
}

/** What nulls the old schema allowed become: a feature without a place goes last, a setting without a version has its first. */
const FILL_NULLS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'context_features.index',
    [
      `update context_features f
          set index = placed.index
         from (select n.name, row_number() over (order by n.name) + (select coalesce(max(o.index), -1) from context_features o) as index
                 from context_features n where n.index is null) placed
        where placed.name = f.name and f.index is null`,
    ],
  ],
  ['settings.version', [`update settings set version = '1.0' where version is null`]],
]);

/** New rules get ids by themselves, above all that are there. */
function planIds(filled: boolean): readonly string[] {
  const create = [
    'create sequence rules_id_seq as integer owned by rules.id',
    `alter table rules alter column id set default nextval('rules_id_seq')`,
  ];
  return [
    ...(filled ? [] : create),
    `select setval(ids.sequence, top.id)
       from (select pg_get_serial_sequence('rules', 'id')::regclass as sequence) ids,
            (select max(id) as id from rules) top
      where top.id > coalesce(pg_sequence_last_value(ids.sequence), 0)`,
  ];
}

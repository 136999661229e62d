import { type EntityManager } from 'typeorm';
import { planColumns } from './columns.js';
import { refusal } from './inspect.js';
import { type Constraint, CREATE_INDEXES, FOREIGN_KEYS, JSON_TEXTS, KEYS, OLD_INDEXES, TABLES } from './schema.js';

type FoundConstraint = Constraint & Readonly<{ kind: 'p' | 'u' | 'f' | 'c' }>;

/** Brings the tables of Heksher 0.5 to ours, by the meaning of what is there and not by its names. Rows stay as they are. */
export async function takeOver(db: EntityManager): Promise<void> {
  await run(db, `lock table ${[...TABLES.keys()].join(', ')} in access exclusive mode`);
  await run(db, 'set constraints all immediate');
  const found = await findConstraints(db);
  const plan = [
    ...found.filter((constraint) => constraint.kind === 'f' && replaces(FOREIGN_KEYS, constraint)).map(drop),
    ...(await planColumns(db)),
    ...planKeys(found),
    ...OLD_INDEXES.map((index) => `drop index if exists ${index}`),
  ];
  for (const statement of plan) await run(db, statement);
  await checkJsonTexts(db);
  const checks = JSON_TEXTS.filter((wanted) => !found.some((constraint) => sameMeaning(wanted, constraint)));
  for (const statement of [...checks.map(add), ...FOREIGN_KEYS.map(add), ...CREATE_INDEXES]) await run(db, statement);
}

/** `alter table … add constraint …` */
export function add({ table, name, definition }: Constraint): string {
  return `alter table ${table} add constraint "${name}" ${definition}`;
}

function drop({ table, name }: Constraint): string {
  return `alter table ${table} drop constraint ${quote(name)}`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function findConstraints(db: EntityManager): Promise<readonly FoundConstraint[]> {
  return db.query<readonly FoundConstraint[]>(
    `select c.relname as "table", k.conname as name, k.contype as kind, pg_get_constraintdef(k.oid) as definition,
            array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum = any (k.conkey)) as columns
       from pg_constraint k
       join pg_class c on c.oid = k.conrelid
      where c.oid = any (select to_regclass(quote_ident(name)) from unnest($1::text[]) wanted(name))
        and k.contype in ('p', 'u', 'f', 'c')
      order by c.relname, k.conname`,
    [[...TABLES.keys()]],
  );
}

/** Keys that mean what ours mean stay, under our names; others on the same columns give way to ours. */
function planKeys(found: readonly FoundConstraint[]): readonly string[] {
  const present = found.filter(({ kind }) => kind === 'p' || kind === 'u');
  const kept = KEYS.map((wanted) => present.find((constraint) => sameMeaning(wanted, constraint)));
  const dropped = present.filter(
    (constraint) => !kept.includes(constraint) && (constraint.kind === 'p' || replaces(KEYS, constraint)),
  );
  const made = KEYS.flatMap((wanted, position) => {
    const there = kept[position];
    if (there === undefined) return [add(wanted)];
    if (there.name === wanted.name) return [];
    return [`alter table ${wanted.table} rename constraint ${quote(there.name)} to "${wanted.name}"`];
  });
  return [...dropped.map(drop), ...made];
}

function sameMeaning(wanted: Constraint, found: Constraint): boolean {
  return wanted.table === found.table && wanted.definition === found.definition;
}

/** Whether one of `wanted` is about the same columns, in any order. */
function replaces(wanted: readonly Constraint[], found: Constraint): boolean {
  const columns = [...found.columns].sort().join();
  return wanted.some((own) => own.table === found.table && [...own.columns].sort().join() === columns);
}

/** Runs one statement; where the rows do not allow it, says which. */
async function run(db: EntityManager, statement: string): Promise<void> {
  try {
    await db.query(statement);
  } catch (error) {
    const code = detail(error, 'code');
    // Data and constraint errors, and objects in the way; anything else (a lost connection) is not the database's contents.
    if (!/^(0A|22|23|2B|42|54)/.test(code)) throw error;
    const reason = [detail(error, 'message'), detail(error, 'detail')].filter((part) => part !== '').join(': ');
    throw refusal(`${reason} (at: ${statement})`, error);
  }
}

function detail(error: unknown, name: string): string {
  if (typeof error !== 'object' || error === null) return '';
  const value: unknown = Reflect.get(error, name) ?? Reflect.get(Reflect.get(error, 'driverError') ?? {}, name);
  return typeof value === 'string' ? value : '';
}

const SHOWN_ROWS = 20;

/** Names the rows whose text is not JSON; the check constraint by itself would name none. */
async function checkJsonTexts(db: EntityManager): Promise<void> {
  await db.query(`
    create function heksher_is_json(content text) returns boolean language plpgsql as $$
    begin
      return content::json is not null;
    exception when others then
      return false;
    end $$`);
  const broken = await db.query<readonly { name: string; total: string }[]>(
    `select bad.name, count(*) over () as total
       from (select format('the default of setting %s', to_json(s.name)) as name
               from settings s where not heksher_is_json(s.default_value)
             union all
             select format('the value of rule %s (of setting %s)', r.id, to_json(r.setting))
               from rules r where not heksher_is_json(r.value)) bad
      order by bad.name
      limit ${String(SHOWN_ROWS)}`,
  );
  await db.query('drop function heksher_is_json(text)');
  if (broken.length === 0) return;
  const more = Number(broken[0]?.total ?? 0) - broken.length;
  const names = broken.map((row) => row.name).join(', ') + (more > 0 ? ` and ${String(more)} more` : '');
  throw refusal(`not JSON: ${names}; correct these with the old service or in SQL, then start again`);
}

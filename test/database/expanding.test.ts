import { migrations } from '@heksher/migrations';
import { type DataSource, type MigrationInterface } from 'typeorm';
import { type DatabaseServer, startDatabaseServer, withDataSource } from '../support/database/database-server.js';

/** From this one on an older version goes on with what a newer one has migrated. */
const SINCE = 'BreakingMigrations1795840000000';

/**
 * What the statements of an older version may rely on, each as one line: it must be there in a newer schema too. Columns with their
 * types; sequences; triggers, whose functions may change; functions with their arguments.
 */
const RELIED_ON = `
  select format('column %s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod)) as line
    from pg_attribute a join pg_class c on c.oid = a.attrelid
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped
  union all
  select format('sequence %s', c.relname) from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
  union all
  select format('trigger %s of %s', t.tgname, t.tgrelid::regclass) from pg_trigger t where not t.tgisinternal
  union all
  select format('function %s returns %s', p.oid::regprocedure, pg_get_function_result(p.oid))
    from pg_proc p where p.pronamespace = 'public'::regnamespace
  union all
  select format('unique %s', pg_get_indexdef(i.indexrelid)) from pg_index i join pg_class c on c.oid = i.indrelid
   where i.indisunique and c.relnamespace = 'public'::regnamespace`;

/** What the statements of an older version must comply with: a newer schema may have no more of it in the tables that they know. */
const DEMANDED = `
  select c.relname as "table", format('%s.%s must be given', c.relname, a.attname) as line
    from pg_attribute a join pg_class c on c.oid = a.attrelid
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
     and a.attnotnull and not a.atthasdef and a.attidentity = ''
  union all
  select c.conrelid::regclass::text, format('%s must comply with %s', c.conrelid::regclass, pg_get_constraintdef(c.oid))
    from pg_constraint c where c.connamespace = 'public'::regnamespace and c.contype <> 'n'`;

type Schema = Readonly<{ lines: readonly string[]; tables: ReadonlySet<string>; demands: readonly Demand[] }>;
type Demand = Readonly<{ table: string; line: string }>;

let server: DatabaseServer;
beforeAll(async () => {
  server = await startDatabaseServer();
});
afterAll(() => server.stop());

async function schemaOf(dataSource: DataSource): Promise<Schema> {
  const lines = (await dataSource.query<{ line: string }[]>(RELIED_ON)).map(({ line }) => line);
  const tables = new Set(lines.flatMap((line) => /^column (\w+)\./.exec(line)?.[1] ?? []));
  return { lines, tables, demands: await dataSource.query<Demand[]>(DEMANDED) };
}

/** What would trouble the version before a migration. */
function broken(before: Schema, after: Schema): readonly string[] {
  const had = new Set(before.demands.map(({ line }) => line));
  return [
    ...before.lines.filter((line) => !after.lines.includes(line)),
    ...after.demands.filter(({ table, line }) => before.tables.has(table) && !had.has(line)).map(({ line }) => line),
  ];
}

/** What each of these migrations breaks, carried out one after the other in a new database. */
async function brokenBy(all: readonly MigrationInterface[]): Promise<ReadonlyMap<string, readonly string[]>> {
  return withDataSource(await server.create(), async (dataSource) => {
    const found = new Map<string, readonly string[]>();
    const runner = dataSource.createQueryRunner();
    await runner.query(
      'create table heksher_migrations (id serial primary key, timestamp bigint not null, name text not null)',
    );
    for (const migration of all) {
      const before = await schemaOf(dataSource);
      await migration.up(runner);
      found.set(migration.name ?? '', broken(before, await schemaOf(dataSource)));
    }
    await runner.release();
    return found;
  });
}

const made: readonly (MigrationInterface & { readonly breaking?: boolean })[] = migrations.map(
  (Migration) => new Migration(),
);

it('a migration that is not marked as breaking only adds', async () => {
  const found = await brokenBy(made);
  const names = made.map(({ name }) => name ?? '');
  const checked = made.slice(names.indexOf(SINCE)).filter(({ breaking }) => breaking !== true);
  expect(checked.length).toBeGreaterThan(0);
  expect(checked.map(({ name = '' }) => [name, found.get(name)])).toEqual(checked.map(({ name }) => [name, []]));
});

it.each([
  ['alter table rules drop column value', ['column rules.value character varying']],
  ['alter table rules rename column value to content', ['column rules.value character varying']],
  ['alter table settings alter column version type text', ['column settings.version character varying']],
  ['alter table rules add column must text not null', ['rules.must must be given']],
  [`alter table rules add check (value <> '')`, ['rules must comply with CHECK']],
  ['drop table heksher_webhook_dead', ['column heksher_webhook_dead']],
  ['drop function heksher_write(uuid, text, text, text, jsonb)', ['function heksher_write(uuid,text,text,text,jsonb)']],
])('"%s" would be found', async (statement, expected) => {
  const change = {
    name: 'Change1',
    up: (runner: { query(text: string): Promise<unknown> }) => runner.query(statement),
    down: () => Promise.resolve(),
  } as MigrationInterface;
  const found = (await brokenBy([...made, change])).get('Change1') ?? [];
  for (const line of expected) expect(found.join('\n')).toContain(line);
});

it.each([
  'alter table rules add column more text',
  `alter table rules add column more text not null default ''`,
  'create table more (a int not null)',
])('"%s" is no breach', async (statement) => {
  const change = { name: 'Change1', up: (runner: { query(text: string): Promise<unknown> }) => runner.query(statement), down: () => Promise.resolve() } as MigrationInterface; // prettier-ignore
  expect((await brokenBy([...made, change])).get('Change1')).toEqual([]);
});

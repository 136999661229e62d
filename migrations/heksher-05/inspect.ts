import { type EntityManager } from 'typeorm';
import { TABLES } from './schema.js';

/** The last version of Heksher 0.5's own migrations. */
export const KNOWN_VERSION = '83f0f272313f';

/** Why a database is not taken over. The transaction ends with it, so nothing is changed. */
export function refusal(reason: string, cause?: unknown): Error {
  return new Error(`cannot take over this database, and nothing in it was changed: ${reason}`, { cause });
}

type Found = Readonly<{ name: string; schema: string; here: string; kind: string }>;

/** Whether the database holds Heksher 0.5's tables (true) or none of them (false). Throws for anything between. */
export async function holdsHeksher(db: EntityManager): Promise<boolean> {
  const names = [...TABLES.keys()];
  const found = await db.query<readonly Found[]>(
    `select c.relname as name, n.nspname as schema, current_schema() as here, c.relkind as kind
       from unnest($1::text[]) wanted(name)
       join pg_class c on c.oid = to_regclass(quote_ident(wanted.name))
       join pg_namespace n on n.oid = c.relnamespace`,
    [[...names, 'alembic_version']],
  );
  const ours = found.filter((table) => table.name !== 'alembic_version');
  const versions = found.some((table) => table.name === 'alembic_version') ? await alembicVersions(db) : undefined;
  if (ours.length === 0 && !versions?.includes(KNOWN_VERSION)) return false;
  checkVersion(
    versions,
    ours.map((table) => table.name),
  );
  checkTables(names, ours);
  return true;
}

async function alembicVersions(db: EntityManager): Promise<readonly string[]> {
  const rows = await db.query<readonly { version: string }[]>(
    `select to_jsonb(v) ->> 'version_num' as version from alembic_version v`,
  );
  return rows.map((row) => row.version);
}

function checkVersion(versions: readonly string[] | undefined, tables: readonly string[]): void {
  const held = `it holds ${tables.join(', ') || 'no table of Heksher'}`;
  const remedy = `bring it to ${KNOWN_VERSION} with the migrations of Heksher 0.5 first, or name an empty database`;
  if (versions === undefined) throw refusal(`${held}, but no alembic_version that says they are Heksher's; ${remedy}`);
  if (versions.length !== 1 || versions[0] !== KNOWN_VERSION)
    throw refusal(`${held} at alembic_version ${versions.join(', ') || '(no row)'}; ${remedy}`);
}

function checkTables(names: readonly string[], found: readonly Found[]): void {
  const missing = names.filter((name) => !found.some((table) => table.name === name));
  if (missing.length > 0) throw refusal(`alembic_version is ${KNOWN_VERSION}, but there is no ${missing.join(', ')}`);
  const strange = found.find((table) => table.kind !== 'r');
  if (strange) throw refusal(`"${strange.name}" is not an ordinary table`);
  const elsewhere = found.find((table) => table.schema !== table.here);
  if (elsewhere)
    throw refusal(
      `"${elsewhere.name}" is in the schema "${elsewhere.schema}", but new tables would go to "${elsewhere.here}"; set the search_path of the user`,
    );
}

import { isStorableText } from '@heksher/core';
import { type Session } from '@heksher/database';
import { type EntityManager } from 'typeorm';

/** Of whom something is stored: the subject of tokens, the client that they were issued to, or a role that they name. */
export type PrincipalKind = 'subject' | 'client' | 'role';

/** What whoever comes with a token of an issuer may do, and the values of context features that they are held to. */
export type PrincipalRow = Readonly<{
  kind: PrincipalKind;
  issuer: string;
  name: string;
  grants: readonly string[];
  pinned: Readonly<Record<string, string>>;
}>;

export type StoredPrincipal = PrincipalRow & Readonly<{ id: string; note: string; createdAt: Date; updatedAt: Date }>;

type Columns = [kind: PrincipalKind, issuer: string, name: string, grants: string[], pinned: Record<string, string>];

const LOAD = 'select p.kind, p.issuer, p.name, p.grants, p.pinned from heksher_principals p';

export async function loadPrincipals(connection: Session, timeoutMs: number): Promise<readonly PrincipalRow[]> {
  const rows = await connection.query<Columns>({ name: 'principals', text: LOAD }, timeoutMs);
  return rows.map(([kind, issuer, name, grants, pinned]) => ({ kind, issuer, name, grants, pinned }));
}

const SELECT = `
  select p.id, p.kind, p.issuer, p.name, p.grants, p.pinned, p.note, p.created_at as "createdAt", p.updated_at as "updatedAt"
    from heksher_principals p`;

/** All of them, by kind, issuer and name. */
export function listPrincipals(db: EntityManager): Promise<readonly StoredPrincipal[]> {
  return db.query(`${SELECT} order by p.kind, p.issuer collate "C", p.name collate "C"`);
}

export async function findPrincipal(db: EntityManager, id: string): Promise<StoredPrincipal | undefined> {
  if (!isStorableText(id)) return undefined;
  const rows: readonly StoredPrincipal[] = await db.query(`${SELECT} where p.id = $1`, [id]);
  return rows[0];
}

/** The id of the one that is stored of that kind, issuer and name. */
export async function findPrincipalId(
  db: EntityManager,
  { kind, issuer, name }: Pick<PrincipalRow, 'kind' | 'issuer' | 'name'>,
): Promise<string | undefined> {
  const rows: readonly { id: string }[] = await db.query(
    'select p.id from heksher_principals p where p.kind = $1 and p.issuer = $2 and p.name = $3',
    [kind, issuer, name],
  );
  return rows[0]?.id;
}

export async function insertPrincipal(
  db: EntityManager,
  { id, kind, issuer, name, grants, pinned, note }: Omit<StoredPrincipal, 'createdAt' | 'updatedAt'>,
): Promise<void> {
  await db.query(
    `insert into heksher_principals (id, kind, issuer, name, grants, pinned, note) values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, kind, issuer, name, grants, JSON.stringify(pinned), note],
  );
}

export async function updatePrincipal(
  db: EntityManager,
  { id, grants, pinned, note }: Pick<StoredPrincipal, 'id' | 'grants' | 'pinned' | 'note'>,
): Promise<void> {
  await db.query(
    'update heksher_principals set grants = $2, pinned = $3, note = $4, updated_at = now() where id = $1',
    [id, grants, JSON.stringify(pinned), note],
  );
}

export async function deletePrincipal(db: EntityManager, id: string): Promise<void> {
  await db.query('delete from heksher_principals where id = $1', [id]);
}

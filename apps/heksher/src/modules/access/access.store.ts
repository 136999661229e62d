import { isStorableText } from '@heksher/core';
import { type Session } from '@heksher/database';
import { type Revision } from '@heksher/ruleset';
import { type EntityManager } from 'typeorm';

/** A key as it is stored, without its secret. */
export type StoredKey = Readonly<{
  selector: string;
  subject: string;
  kind: 'user' | 'machine' | 'public';
  grants: readonly string[];
  pinned: Readonly<Record<string, string>>;
  description: string;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  origins: readonly string[];
  /** Such as `600/m`; null where the key is no public one. */
  rate: string | null;
}>;

export type KeyRow = Readonly<{
  selector: string;
  subject: string;
  kind: StoredKey['kind'];
  grants: readonly string[];
  pinned: Readonly<Record<string, string>>;
  verifier: Buffer;
  expiresAt: Date | null;
  origins: readonly string[];
  rate: string | null;
}>;

type KeyColumns = [
  selector: string,
  subject: string,
  kind: StoredKey['kind'],
  grants: string[],
  pinned: Record<string, string>,
  verifier: Buffer,
  expiresAt: Date | null,
  origins: string[],
  rate: string | null,
];

const LOAD_KEYS = `
  select k.selector, k.subject, k.kind, k.grants, k.pinned, v.verifier, k.expires_at, k.origins, k.rate
    from heksher_keys k
    join heksher_key_verifiers v on v.selector = k.selector
   where k.revoked_at is null`;

/** All keys that are not revoked. */
export async function loadKeys(connection: Session, timeoutMs: number): Promise<readonly KeyRow[]> {
  const rows = await connection.query<KeyColumns>({ name: 'keys', text: LOAD_KEYS }, timeoutMs);
  return rows.map(([selector, subject, kind, grants, pinned, verifier, expiresAt, origins, rate]) => {
    return { selector, subject, kind, grants, pinned, verifier, expiresAt, origins, rate };
  });
}

/** To look through more of the log takes longer than to read all keys. */
const MOST_ENTRIES = 5_000;

const HAVE_CHANGED = `
  select not exists (select from heksher_changes k where k.seq = $1 and k.token = $2)
      or (select count(*) > ${MOST_ENTRIES} or coalesce(bool_or(since."table" in ('heksher_keys', 'heksher_principals')), false)
            from (select c."table" from heksher_changes c where c.seq > $1 limit ${MOST_ENTRIES + 1}) since)`;

/** Whether keys or principals may have changed since a revision. */
export async function haveChanged(connection: Session, { seq, token }: Revision, timeoutMs: number): Promise<boolean> {
  const statement = { name: 'access_changes', text: HAVE_CHANGED, values: [seq, token] };
  const [row] = await connection.query<[boolean]>(statement, timeoutMs);
  return row?.[0] !== false;
}

const SELECT_KEYS = `
  select k.selector, k.subject, k.kind, k.grants, k.pinned, k.description, k.created_at as "createdAt",
         k.expires_at as "expiresAt", k.revoked_at as "revokedAt", u.last_used_at as "lastUsedAt", k.origins, k.rate
    from heksher_keys k
    left join heksher_key_uses u on u.selector = k.selector`;

/** All keys, the revoked ones too, oldest first. */
export function listKeys(db: EntityManager): Promise<readonly StoredKey[]> {
  return db.query(`${SELECT_KEYS} order by k.created_at, k.selector`);
}

export async function findKey(db: EntityManager, selector: string): Promise<StoredKey | undefined> {
  if (!isStorableText(selector)) return undefined;
  const rows: readonly StoredKey[] = await db.query(`${SELECT_KEYS} where k.selector = $1`, [selector]);
  return rows[0];
}

export type KeyDraft = Pick<
  StoredKey,
  'selector' | 'subject' | 'kind' | 'grants' | 'pinned' | 'description' | 'expiresAt' | 'origins' | 'rate'
>;

export async function insertKey(db: EntityManager, key: KeyDraft, verifier: Buffer): Promise<void> {
  const { selector, subject, kind, grants, pinned, description, expiresAt, origins, rate } = key;
  await db.query(
    `insert into heksher_keys (selector, subject, kind, grants, pinned, description, expires_at, origins, rate)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [selector, subject, kind, grants, JSON.stringify(pinned), description, expiresAt, origins, rate],
  );
  await db.query('insert into heksher_key_verifiers (selector, verifier) values ($1, $2)', [selector, verifier]);
}

export async function revokeKey(db: EntityManager, selector: string): Promise<void> {
  await db.query('update heksher_keys set revoked_at = now() where selector = $1', [selector]);
}

/** Notes when keys were used last, of those that are still there. */
export async function noteUses(db: EntityManager, uses: ReadonlyMap<string, number>): Promise<void> {
  await db.query(
    `insert into heksher_key_uses (selector, last_used_at)
     select used.selector, to_timestamp(used.at_ms / 1000.0)
       from unnest($1::text[], $2::float8[]) as used (selector, at_ms)
       join heksher_keys k on k.selector = used.selector
     on conflict (selector) do update set last_used_at = greatest(excluded.last_used_at, heksher_key_uses.last_used_at)`,
    [[...uses.keys()], [...uses.values()]],
  );
}

/** The setting that a rule, or a rollout, is of. */
export async function findSettingOf(
  db: EntityManager,
  kind: 'rule' | 'rollout',
  id: number,
): Promise<string | undefined> {
  const table = kind === 'rule' ? 'rules' : 'rollouts';
  const rows: readonly { setting: string }[] = await db.query(`select r.setting from ${table} r where r.id = $1`, [id]);
  return rows[0]?.setting;
}

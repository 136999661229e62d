import { type EntityManager } from 'typeorm';
import { type FeedCursor } from '../feed/feed-cursor.js';
import { type Place } from './place.js';

export const STATES = ['enabled', 'paused', 'failed', 'disabled'] as const;
export const ON_FAILURE = ['pause', 'skip'] as const;
export type State = (typeof STATES)[number];
export type OnFailure = (typeof ON_FAILURE)[number];

/** An endpoint. Times are RFC 3339. */
export type StoredWebhook = Readonly<{
  id: string;
  url: string;
  description: string;
  /** Patterns of names. */
  settings: readonly string[];
  /** Types of events, or `heksher.changeset.*`. */
  events: readonly string[];
  onFailure: OnFailure;
  state: State;
  /** Why it is in this state; null: it was asked for. */
  reason: string | null;
  /** Encrypted; the previous one as long as it is to be used. */
  secret: Buffer;
  previousSecret: Buffer | null;
  /** Of the key pair that it is signed for by, too; null: there is none. */
  publicKey: string | null;
  /** Whether it is asked before anything is sent to it. */
  handshake: boolean;
  /** It was told of all up to here. */
  place: Place;
  /** Behind what it must first be told that something was lost. */
  resetFrom: string | null;
  /** How often the present event was attempted in vain. */
  failures: number;
  nextAttemptAt: string | null;
  createdAt: string;
}>;

export type WebhookDraft = Pick<
  StoredWebhook,
  'id' | 'url' | 'description' | 'settings' | 'events' | 'onFailure' | 'secret' | 'publicKey' | 'handshake'
>;

export const time = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const COLUMNS = `
  w.id, w.url, w.description, w.settings, w.events, w.on_failure as "onFailure", w.state, w.reason, w.secret, w.public_key as "publicKey", w.handshake,
  case when w.previous_until > clock_timestamp() then w.previous_secret end as "previousSecret", w.cursor_seq as "cursorSeq",
  w.cursor_token as "cursorToken", w.cursor_event as "cursorEvent", w.reset_from as "resetFrom", w.failures, ${time('w.next_attempt_at')} as "nextAttemptAt",
  ${time('w.created_at')} as "createdAt"`;

export type Row = Omit<StoredWebhook, 'place'> & { cursorSeq: string; cursorToken: string; cursorEvent: string };

export function storedOf({ cursorSeq, cursorToken, cursorEvent, ...row }: Row): StoredWebhook {
  const cursor = { seq: Number(cursorSeq), token: cursorToken };
  return { ...row, place: { cursor, event: Number(cursorEvent) } };
}

/** Oldest first. */
export async function listWebhooks(db: EntityManager): Promise<readonly StoredWebhook[]> {
  const rows: Row[] = await db.query(`select ${COLUMNS} from heksher_webhooks w order by w.created_at, w.id`);
  return rows.map(storedOf);
}

export async function findWebhook(db: EntityManager, id: string): Promise<StoredWebhook | undefined> {
  const rows: Row[] = await db.query(`select ${COLUMNS} from heksher_webhooks w where w.id = $1`, [id]);
  return rows.map(storedOf)[0];
}

/** It is told of what is committed from now on. Nothing is inserted where there are `most` already. */
export async function insertWebhook(db: EntityManager, draft: WebhookDraft, most: number): Promise<boolean> {
  const { id, url, description, settings, events, onFailure, secret, publicKey, handshake } = draft;
  const rows: readonly object[] = await db.query(
    `insert into heksher_webhooks (id, url, description, settings, events, on_failure, secret, public_key, handshake, cursor_seq, cursor_token, cursor_event)
     select $1, $2, $3, $4, $5, $6, $7, $9, $10, r.seq, left(r.token::text, 8),
            coalesce((select max(e.id) from heksher_changeset_events e where e.seq = r.seq), 0)
       from heksher_revision r
      where r.one_row and (select count(*) from heksher_webhooks) < $8
     returning id`,
    [id, url, description, settings, events, onFailure, secret, most, publicKey, handshake],
  );
  return rows.length > 0;
}

/** What is edited; undefined: it stays as it is. */
export type WebhookEdit = Readonly<{
  url?: string | undefined;
  description?: string | undefined;
  settings?: readonly string[] | undefined;
  events?: readonly string[] | undefined;
  onFailure?: OnFailure | undefined;
  handshake?: boolean | undefined;
  state?: 'enabled' | 'paused' | undefined;
}>;

/** Whoever tells the endpoint now loses the lease, so that what comes next goes by what is written here. */
const TAKE_LEASE = 'lease = null, leased_until = null';

/** The event that waits is attempted at once. */
export async function editWebhook(db: EntityManager, id: string, edit: WebhookEdit): Promise<void> {
  const { url, description, settings, events, onFailure, state, handshake } = edit;
  await db.query(
    `update heksher_webhooks w
        set url = coalesce($2, w.url), description = coalesce($3, w.description), settings = coalesce($4, w.settings), events = coalesce($7, w.events),
            on_failure = coalesce($5, w.on_failure), state = coalesce($6, w.state), handshake = coalesce($8, w.handshake),
            reason = case when $6::text is null then w.reason end, failures = 0, next_attempt_at = null, ${TAKE_LEASE}
      where w.id = $1`,
    [id, ...[url, description, settings, onFailure, state, events, handshake].map((given) => given ?? null)],
  );
}

/** The present secret holds on for so long. */
export async function replaceSecret(
  db: EntityManager,
  id: string,
  { secret, publicKey }: Pick<StoredWebhook, 'secret' | 'publicKey'>,
  holdOnS: number,
): Promise<void> {
  await db.query(
    `update heksher_webhooks w
        set previous_secret = w.secret, previous_until = clock_timestamp() + make_interval(secs => $3), secret = $2, public_key = $4, ${TAKE_LEASE}
      where w.id = $1`,
    [id, secret, holdOnS, publicKey],
  );
}

export async function moveCursor(db: EntityManager, id: string, { seq, token }: FeedCursor): Promise<void> {
  await db.query(
    `update heksher_webhooks w
        set cursor_seq = $2, cursor_token = $3, cursor_event = 0, reset_from = null, failures = 0, next_attempt_at = null, ${TAKE_LEASE}
      where w.id = $1`,
    [id, seq, token],
  );
}

export async function deleteWebhook(db: EntityManager, id: string): Promise<boolean> {
  const [, count]: readonly [unknown, number] = await db.query('delete from heksher_webhooks w where w.id = $1', [id]);
  return count > 0;
}

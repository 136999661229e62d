import { type EntityManager } from 'typeorm';
import { type Place } from './place.js';
import { COLUMNS, type Row, type State, storedOf, type StoredWebhook } from './webhooks.store.js';
import { KEPT_DEAD, storable } from './attempts.store.js';

/** An endpoint that one process alone tells, as long as the lease holds. */
export type Leased = Readonly<{ webhook: StoredWebhook; lease: string }>;

/**
 * Takes an endpoint that has something to be told now: a revision or an event behind its place, or another history. The one that waits longest
 * goes first.
 */
const CLAIM = `
  update heksher_webhooks w
     set lease = gen_random_uuid(), leased_until = clock_timestamp() + make_interval(secs => $1 / 1000.0)
   where w.id = (
     select o.id from heksher_webhooks o, heksher_revision r
      where o.state = 'enabled' and r.one_row
        and (o.leased_until is null or o.leased_until < clock_timestamp())
        and (o.next_attempt_at is null or o.next_attempt_at <= clock_timestamp())
        and (o.reset_from is not null or o.cursor_seq <> r.seq or o.cursor_token <> left(r.token::text, 8)
             or exists (select from heksher_changeset_events e where e.seq >= o.cursor_seq and e.id > o.cursor_event))
      order by coalesce(o.next_attempt_at, o.leased_until, o.created_at)
      limit 1
        for update of o skip locked)
  returning w.lease, ${COLUMNS}`;

export async function claim(db: EntityManager, leaseMs: number): Promise<Leased | undefined> {
  const [rows]: readonly [readonly (Row & { lease: string })[], number] = await db.query(CLAIM, [leaseMs]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { lease, ...stored } = row;
  return { lease, webhook: storedOf(stored) };
}

/** What becomes of an endpoint after an event, or after some that are not for it. */
export type Standing = Readonly<{
  place: Place;
  resetFrom: string | null;
  failures: number;
  /** Undefined: at once. */
  delayMs?: number | undefined;
  state?: State;
  reason?: string | null;
  /** An event that is given up. */
  dead?: Readonly<{ event: string; type: string; replayFrom: string; reason: string }>;
  /** For how long the lease goes on; undefined: it is given back. */
  leaseMs: number | undefined;
}>;

const SETTLE = `
  with settled as (
    update heksher_webhooks w
       set cursor_seq = $3, cursor_token = $4, reset_from = $5, failures = $6, state = $8, reason = $9,
           next_attempt_at = clock_timestamp() + make_interval(secs => $7::float8 / 1000.0),
           cursor_event = $15, lease = case when $10::float8 is not null then w.lease end,
           leased_until = clock_timestamp() + make_interval(secs => $10::float8 / 1000.0)
     where w.id = $1 and w.lease = $2::uuid and w.state = 'enabled'
    returning w.id),
  buried as (
    insert into heksher_webhook_dead (webhook, event, type, replay_from, reason)
    select s.id, $11, $12, $13, $14 from settled s where $11::text is not null)
  select s.id from settled s`;

/** Whether the lease still held; else nothing is changed: another process, or an administrator, decides what is next. */
export async function settle(db: EntityManager, { webhook, lease }: Leased, standing: Standing): Promise<boolean> {
  const { place, resetFrom, failures, delayMs, state = 'enabled', reason = null, dead, leaseMs } = standing;
  const { cursor, event } = place;
  const values = [
    ...[webhook.id, lease, cursor.seq, cursor.token, resetFrom, failures, delayMs ?? null, state, storable(reason)],
    ...[
      leaseMs ?? null,
      dead?.event ?? null,
      dead?.type ?? null,
      dead?.replayFrom ?? null,
      storable(dead?.reason ?? null),
      event,
    ],
  ];
  const rows: readonly object[] = await db.query(SETTLE, values);
  if (rows.length > 0 && dead !== undefined) await trimDead(db, webhook.id);
  return rows.length > 0;
}

async function trimDead(db: EntityManager, webhook: string): Promise<void> {
  await db.query(
    `delete from heksher_webhook_dead d
      where d.webhook = $1
        and d.id <= (select o.id from heksher_webhook_dead o where o.webhook = $1 order by o.id desc offset ${KEPT_DEAD} limit 1)`,
    [webhook],
  );
}

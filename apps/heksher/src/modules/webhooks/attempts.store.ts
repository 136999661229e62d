import { type EntityManager } from 'typeorm';
import { time } from './webhooks.store.js';

/** One attempt to deliver an event; `status` null: there was no answer. */
export type Attempt = Readonly<{
  event: string;
  type: string;
  /** RFC 3339. */
  at: string;
  durationMs: number;
  status: number | null;
  error: string | null;
  /** The beginning of the answer's body. */
  answer: string | null;
}>;

/** An event that was given up. */
export type DeadLetter = Readonly<{ event: string; type: string; replayFrom: string; reason: string; at: string }>;

/** So many of the last attempts of an endpoint are kept. */
export const KEPT_ATTEMPTS = 100;
/** And so many of its dead letters. */
export const KEPT_DEAD = 1_000;

/** Text of others may hold what PostgreSQL cannot. */
export function storable(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\0', '\ufffd');
}

/** Nothing where the endpoint is gone. */
export async function noteAttempt(db: EntityManager, webhook: string, attempt: Attempt): Promise<void> {
  const { event, type, at, durationMs, status, error, answer } = attempt;
  await db.query(
    `with noted as (
       insert into heksher_webhook_attempts (webhook, event, type, at, duration_ms, status, error, answer)
       select w.id, $2, $3, $4, $5, $6, $7, $8 from heksher_webhooks w where w.id = $1)
     delete from heksher_webhook_attempts a
      where a.webhook = $1
        and a.id <= (select o.id from heksher_webhook_attempts o where o.webhook = $1
                      order by o.id desc offset ${KEPT_ATTEMPTS - 1} limit 1)`,
    [webhook, event, type, at, durationMs, status, storable(error), storable(answer)],
  );
}

/** Newest first. */
export function listAttempts(db: EntityManager, webhook: string): Promise<readonly Attempt[]> {
  return db.query(
    `select a.event, a.type, ${time('a.at')} as at, a.duration_ms as "durationMs", a.status, a.error, a.answer
       from heksher_webhook_attempts a where a.webhook = $1 order by a.id desc`,
    [webhook],
  );
}

/** Newest first. */
export function listDead(db: EntityManager, webhook: string): Promise<readonly DeadLetter[]> {
  return db.query(
    `select d.event, d.type, d.replay_from as "replayFrom", d.reason, ${time('d.at')} as at
       from heksher_webhook_dead d where d.webhook = $1 order by d.id desc`,
    [webhook],
  );
}

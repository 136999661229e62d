import { HeksherError, quoted, type Writable } from '@heksher/core';
import { formatFeedCursor } from '../feed/feed-cursor.js';
import { type Attempt, type DeadLetter } from './attempts.store.js';
import { type StoredWebhook } from './webhooks.store.js';

/** @param secret of one that was just made or replaced */
export function webhookMembers(webhook: StoredWebhook, secret?: string): Record<string, Writable | undefined> {
  const {
    id,
    url,
    description,
    settings,
    events,
    onFailure,
    state,
    reason,
    place,
    failures,
    nextAttemptAt,
    createdAt,
    publicKey,
    handshake,
  } = webhook;
  return {
    ...{ id, secret, public_key: publicKey, url, description, settings, events, on_failure: onFailure, handshake },
    ...{ state, reason },
    ...{ cursor: formatFeedCursor(place.cursor), failures, next_attempt_at: nextAttemptAt, created_at: createdAt },
    rotating: webhook.previousSecret !== null,
  };
}

export function attemptMembers({ event, type, at, durationMs, status, error, answer }: Attempt): Writable {
  return { event_id: event, type, at, duration_ms: durationMs, status, error, answer };
}

export function deadLetterMembers({ event, type, replayFrom, reason, at }: DeadLetter): Writable {
  return { event_id: event, type, replay_from: replayFrom, reason, at };
}

export function noSuchWebhook(id: string): HeksherError {
  const message = `the webhook ${quoted(id)} does not exist`;
  const entry = { field: 'id', parameter: 'id', code: 'webhook_not_found', message } as const;
  return new HeksherError('not_found', message, { errors: [entry] });
}

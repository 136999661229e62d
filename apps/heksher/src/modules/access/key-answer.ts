import { type RawJson, type Writable } from '@heksher/core';
import { jsonAnswer } from '../../json-answer.js';
import { type Resource } from '../../writes.js';
import { findKey, type StoredKey } from './access.store.js';
import { noSuchKey } from './no-such-key.js';

export function keyAnswer(key: StoredKey): RawJson {
  return jsonAnswer(keyMembers(key));
}

/** `text` is that of a key that was just made. */
export function keyMembers(key: StoredKey, text?: string): Record<string, Writable | undefined> {
  return {
    id: key.selector,
    key: text,
    subject: key.subject,
    kind: key.kind,
    grants: key.grants,
    pinned: key.pinned,
    description: key.description,
    created_at: key.createdAt.toISOString(),
    expires_at: timeOf(key.expiresAt),
    revoked_at: timeOf(key.revokedAt),
    last_used_at: timeOf(key.lastUsedAt),
    origins: key.origins,
    rate: key.rate,
  };
}

function timeOf(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}

export const theKey =
  (selector: string): Resource =>
  async (db) => {
    const key = await findKey(db, selector);
    if (key === undefined) throw noSuchKey(selector);
    return {
      answers: [keyAnswer(key)],
      trace: { setting: null, columns: { heksher_keys: 'selector' }, key: selector },
    };
  };

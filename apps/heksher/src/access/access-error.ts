import { HeksherError, listed } from '@heksher/core';
import { type Action, scopeOf } from './grants.js';

/** What a client is told by `WWW-Authenticate` (RFC 6750, 3): undefined members are left out. */
export type Challenge = Readonly<{ error?: string; description?: string; scope?: string }>;

/** A request that is refused because of who asks. */
export class AccessError extends HeksherError {
  constructor(
    code: 'unauthenticated' | 'forbidden' | 'bad_credentials',
    message: string,
    readonly challenge: Challenge,
  ) {
    const entry = { field: 'request', message, code: CODES[code] };
    super(code, message, { errors: [entry] });
  }
}

const CODES = { unauthenticated: 'unauthenticated', forbidden: 'not_allowed', bad_credentials: 'malformed' } as const;

export function noCredentials(): AccessError {
  const message = 'credentials are required: an access token or a key, as Authorization: Bearer, or a key as X-API-Key';
  return new AccessError('unauthenticated', message, {});
}

/** @param description what is wrong, without anything of the credential itself */
export function invalidToken(description: string): AccessError {
  return new AccessError('unauthenticated', description, { error: 'invalid_token', description });
}

export function badCredentials(description: string): AccessError {
  return new AccessError('bad_credentials', description, { error: 'invalid_request', description });
}

/** @param settings those that it is not granted on, where some are named; `all`: it takes the grant on all settings */
export function notAllowed(action: Action, settings: readonly string[] | 'all' = []): AccessError {
  const named = settings === 'all' ? 'all settings' : listed(settings);
  const what = settings.length === 0 ? '' : ` on ${named}`;
  const message = `this needs the grant "${action}"${what}, which you do not have`;
  return new AccessError('forbidden', message, { error: 'insufficient_scope', scope: scopeOf(action) });
}

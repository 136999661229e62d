import { type ConsoleConfig } from '../api/config.js';
import { type Attempt, challengeOf } from './pkce.js';

export type Issuer = NonNullable<ConsoleConfig['oauth']>;

export type Tokens = Readonly<{ access: string; refresh: string | undefined; expiresAtMs: number }>;

/** Where people sign in. */
export async function authorizationUrl(issuer: Issuer, { state, verifier }: Attempt): Promise<URL> {
  const url = new URL(issuer.authorization_url);
  const parameters = {
    response_type: 'code',
    client_id: issuer.client_id,
    redirect_uri: redirectUri(),
    scope: issuer.scopes.join(' '),
    state,
    code_challenge: await challengeOf(verifier),
    code_challenge_method: 'S256',
    // RFC 8707, and what Auth0 calls it.
    resource: issuer.audience,
    audience: issuer.audience,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** Rejects with the issuer's words. */
export function tokensFor(issuer: Issuer, code: string, verifier: string): Promise<Tokens> {
  return ask(issuer, { grant_type: 'authorization_code', code, redirect_uri: redirectUri(), code_verifier: verifier });
}

export function refreshed(issuer: Issuer, refresh: string): Promise<Tokens> {
  return ask(issuer, { grant_type: 'refresh_token', refresh_token: refresh });
}

function redirectUri(): string {
  return new URL('signed-in', document.baseURI).href;
}

type TokenAnswer = Readonly<{
  access_token?: string;
  refresh_token?: string;
  expires_in?: number;
  error?: string;
  error_description?: string;
}>;

async function ask(issuer: Issuer, parameters: Readonly<Record<string, string>>): Promise<Tokens> {
  const response = await fetch(issuer.token_url, {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams({ ...parameters, client_id: issuer.client_id, resource: issuer.audience }),
    credentials: 'omit',
  }).catch((cause: unknown) => {
    throw new Error(`${new URL(issuer.token_url).host} does not answer this page`, { cause });
  });
  const answer = (await response.json().catch(() => ({}))) as TokenAnswer;
  const { access_token: access, refresh_token: refresh, expires_in: expiresS } = answer;
  if (!response.ok || access === undefined)
    throw new Error(answer.error_description ?? answer.error ?? `the issuer answers ${response.status}`);
  return { access, refresh, expiresAtMs: expiresS === undefined ? Infinity : Date.now() + expiresS * 1_000 };
}

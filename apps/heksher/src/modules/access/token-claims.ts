import { contextValueOfNative, isFeatureValue, member } from '@heksher/core';
import { invalidToken } from '../../access/access-error.js';
import { LRUCache } from 'lru-cache';
import { type Grant, grantsOfScopes } from '../../access/grants.js';
import { type ProvenToken } from '../../access/principal.js';

/** Which claims of a token are taken, beyond those of the standards. Each is a name, or a path such as `realm_access.roles`. */
export type ClaimOptions = Readonly<{
  /** Undefined: tokens have no roles. */
  roles: string | undefined;
  /** By the context feature that a claim is the value of. */
  context: ReadonlyMap<string, string>;
}>;

/** What a token says, whoever has verified it. */
export type Claims = Readonly<Record<string, unknown>>;

/** Clocks may differ by so much. */
export const TOLERANCE_S = 30;

const NOTHING: ReadonlyMap<string, string> = new Map();
const NO_ROLES: readonly string[] = [];

/** Most tokens have the scopes of another: they share what these are. */
const MOST_SCOPES = 1_000;
const known = new LRUCache<string, readonly Grant[]>({ max: MOST_SCOPES });

/** What claims that were verified prove. */
export function readClaims(
  claims: Claims,
  { roles, context }: ClaimOptions,
): Pick<ProvenToken, 'client' | 'kind' | 'roles' | 'scopes' | 'claimed' | 'boundTo'> {
  const given = claims['client_id'] ?? claims['azp'];
  const client = typeof given === 'string' ? given : undefined;
  return {
    client,
    kind: isMachine(claims, client) ? 'machine' : 'user',
    roles: roles === undefined ? NO_ROLES : textsOf(claimAt(claims, roles)),
    scopes: grantsOf([claims['scope'], claims['scp']].flatMap(scopesOf)),
    claimed: context.size === 0 ? NOTHING : claimedOf(claims, context),
    boundTo: thumbprintIn(claims),
  };
}

/** The certificate that a token is bound to (RFC 8705, 3.1), if to any. Throws AccessError where it is bound to something else. */
function thumbprintIn({ cnf }: Claims): string | undefined {
  if (cnf === undefined) return undefined;
  const thumbprint = typeof cnf === 'object' && cnf !== null && 'x5t#S256' in cnf ? cnf['x5t#S256'] : undefined;
  if (typeof thumbprint === 'string' && Object.keys(cnf ?? {}).length === 1) return thumbprint;
  throw invalidToken('the token is bound to a proof that is not taken here; accepted: a certificate (x5t#S256)');
}

/** `azp` alone says nothing: tokens of users have it too. */
function isMachine(claims: Claims, client: string | undefined): boolean {
  if (client !== undefined && claims['sub'] === client) return true;
  // As Auth0 and Entra ID say it, whose machines have subjects of their own.
  return claims['gty'] === 'client-credentials' || claims['idtyp'] === 'app';
}

function grantsOf(scopes: readonly string[]): readonly Grant[] {
  // A list may have a text with spaces, which is no scope.
  const key = JSON.stringify(scopes);
  const grants = known.get(key) ?? grantsOfScopes(scopes);
  known.set(key, grants);
  return grants;
}

/** A text (RFC 9068), or as some issuers have it, a list. */
function scopesOf(given: unknown): readonly string[] {
  return typeof given === 'string' ? given.split(' ') : textsOf(given);
}

function textsOf(given: unknown): readonly string[] {
  if (typeof given === 'string') return [given];
  return Array.isArray(given) ? given.filter((one): one is string => typeof one === 'string') : [];
}

function claimedOf(claims: Claims, context: ClaimOptions['context']): ReadonlyMap<string, string> {
  const claimed = new Map<string, string>();
  for (const [feature, path] of context) {
    const given = claimAt(claims, path);
    if (given === undefined || given === null) continue;
    const value = contextValueOfNative(given);
    // Of a number that was rounded, two tenants could have one. To pass over it would let the caller say what it is.
    const isRounded = typeof given === 'number' && !Number.isSafeInteger(given);
    if (value === undefined || isRounded || !isFeatureValue(value))
      throw invalidToken(`the claim ${path} of the token is no value of the context feature ${feature}`);
    claimed.set(feature, value);
  }
  return claimed;
}

/** A claim whose name has dots, such as `https://example.com/tenant`, goes before a path. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((at, name) => member(at, name), claims);
}

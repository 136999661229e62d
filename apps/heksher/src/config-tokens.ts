import { HeksherError, isContextFeatureName } from '@heksher/core';
import { type EnvironmentReader } from './environment.js';
import { parseClientKey } from './modules/access/client-proof.js';
import { type JwtOptions } from './modules/access/jwt-tokens.js';
import { type OpaqueOptions } from './modules/access/opaque-tokens.js';
import { type TokenOptions } from './modules/access/stored-principals.js';
import { type ClaimOptions } from './modules/access/token-claims.js';
import { requireRedisUrl } from './redis-url.js';
import { isSafeUrl } from './safe-url.js';

/** Which access tokens are taken, and what they prove. Times in milliseconds. */
export type TokenConfig = Readonly<{
  /** Undefined: none. */
  oauth: JwtOptions | undefined;
  /** Undefined: no opaque ones. */
  introspection: OpaqueOptions | undefined;
  tokens: TokenOptions;
}>;

export function readTokens(reader: EnvironmentReader, redisUrl: (() => string) | undefined): TokenConfig {
  const claims: ClaimOptions = {
    roles: reader.text('HEKSHER_OAUTH_ROLE_CLAIM', '') || undefined,
    context: reader.parsed('HEKSHER_OAUTH_CONTEXT', parseClaims) ?? new Map<string, string>(),
  };
  const oauth = readOAuth(reader, claims);
  const grants = reader.oneOf('HEKSHER_OAUTH_GRANTS', ['scopes', 'stored'], 'scopes');
  return {
    oauth,
    introspection: readIntrospection(reader, oauth, redisUrl),
    tokens: {
      unstored: grants === 'stored' ? 'nothing' : 'scopes',
      provenOnly: new Set(reader.parsed('HEKSHER_PROVEN_FEATURES', parseFeatures) ?? []),
    },
  };
}

function readOAuth(reader: EnvironmentReader, claims: ClaimOptions): JwtOptions | undefined {
  const issuers = reader.parsed('HEKSHER_OAUTH_ISSUER', parseIssuers) ?? [];
  const audience = reader.text('HEKSHER_OAUTH_AUDIENCE', '');
  const jwksUrl = reader.parsed('HEKSHER_OAUTH_JWKS_URL', requireSafeUrl);
  const options = {
    issuers: issuers.map((issuer) => ({ issuer, jwksUrl })),
    audience,
    typ: reader.oneOf('HEKSHER_OAUTH_TYP', ['strict', 'any'], 'strict'),
    maxAgeMs: reader.integer('HEKSHER_JWKS_MAX_AGE_S', 600, 2, 86_400) * 1_000,
    staleMs: reader.integer('HEKSHER_JWKS_STALE_S', 86_400, 2, 31_536_000) * 1_000,
    claims,
  };
  if (issuers.length === 0) return undefined;
  if (audience === '')
    reader.problem(
      'HEKSHER_OAUTH_AUDIENCE',
      'is required where HEKSHER_OAUTH_ISSUER is set: what tokens must be made for',
    );
  if (jwksUrl !== undefined && issuers.length > 1)
    reader.problem('HEKSHER_OAUTH_JWKS_URL', 'is that of one issuer; of several, each says where its keys are');
  return options;
}

const SECRET = 'HEKSHER_INTROSPECTION_CLIENT_SECRET';
const KEY = 'HEKSHER_INTROSPECTION_CLIENT_KEY';

function readIntrospection(
  reader: EnvironmentReader,
  oauth: JwtOptions | undefined,
  redisUrl: (() => string) | undefined,
): OpaqueOptions | undefined {
  const url = reader.parsed('HEKSHER_INTROSPECTION_URL', requireSafeUrl);
  const clientId = reader.text('HEKSHER_INTROSPECTION_CLIENT_ID', '');
  const secret = reader.current(SECRET, (text) => text);
  const hasKey = reader.text(KEY, '') !== '';
  const key = reader.current(KEY, parseClientKey);
  if (url === undefined) return undefined;
  const because = 'is required where HEKSHER_INTROSPECTION_URL is set';
  if (clientId === '') reader.problem('HEKSHER_INTROSPECTION_CLIENT_ID', `${because}: as whom the issuer is asked`);
  if (secret === undefined && !hasKey)
    reader.problem(SECRET, `${because}, or ${KEY}: by which the client proves who it is`);
  if (secret !== undefined && hasKey)
    reader.problem(KEY, `is set, and ${SECRET} too: only one of them can be what proves it`);
  if (oauth === undefined) {
    reader.problem('HEKSHER_OAUTH_ISSUER', `${because}: whose tokens are taken`);
    return undefined;
  }
  const issuers = oauth.issuers.map(({ issuer }) => issuer);
  const { audience, claims } = oauth;
  const [issuer = ''] = issuers;
  return {
    endpoint: { url, issuer, clientId, proof: key ?? secret ?? (() => '') },
    issuers,
    audience,
    claims,
    redisUrl,
  };
}

function parseIssuers(text: string): readonly string[] {
  return text.split(',').map((issuer) => requireSafeUrl(issuer.trim()));
}

/** The text as it is: issuers are compared character by character. */
function requireSafeUrl(text: string): string {
  if (isSafeUrl(text)) return text;
  throw new HeksherError('invalid', `"${text}" must be an address that begins with https:// and has no query`);
}

/** Where replicas share what they can do without; undefined: nowhere. */
export function readRedisUrl(reader: EnvironmentReader): (() => string) | undefined {
  return reader.current('HEKSHER_REDIS_URL', requireRedisUrl);
}

/** `account:tenant,user:sub`: context features, each with the claim that is its value. */
function parseClaims(text: string): ReadonlyMap<string, string> {
  const claims = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [, feature, claim] = /^\s*(\w+)\s*:\s*(\S+)\s*$/.exec(pair) ?? [];
    if (feature === undefined || claim === undefined || claims.has(feature))
      throw new HeksherError(
        'invalid',
        `must be context features, each once and with a claim, such as account:tenant,user:sub; not "${pair}"`,
      );
    claims.set(feature, claim);
  }
  return claims;
}

function parseFeatures(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const odd = names.find((name) => !isContextFeatureName(name));
  if (odd === undefined) return names;
  throw new HeksherError('invalid', `must be names of context features separated by ",", not "${odd}"`);
}

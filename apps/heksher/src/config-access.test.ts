import { generateKeyPairSync } from 'node:crypto';
import { readConfig } from './config.js';

const DATABASE = { HEKSHER_DB_CONNECTION_STRING: 'postgresql://u:p@localhost/db' };
const accessOf = (env: Readonly<Record<string, string>>) => readConfig({ ...DATABASE, ...env }).access;

const OAUTH = {
  HEKSHER_OAUTH_ISSUER: 'https://a.example.com/, https://b.example.com',
  HEKSHER_OAUTH_AUDIENCE: 'https://x',
};

it('controls nothing unless it is told to, whatever else is set', () => {
  expect(accessOf({})).toBeUndefined();
  expect(accessOf({ HEKSHER_AUTH: 'off', HEKSHER_ADMIN_KEY: 'x', ...OAUTH })).toBeUndefined();
});

it('leaves health and documents open, and what the operator names', () => {
  expect(accessOf({ HEKSHER_AUTH: 'on' })).toMatchObject({
    openAreas: new Set(['documents', 'health', 'metadata']),
    openActions: [],
    oauth: undefined,
  });
  expect(accessOf({ HEKSHER_AUTH: 'on', HEKSHER_AUTH_PUBLIC: 'evaluate' })).toMatchObject({
    openAreas: new Set(['health', 'metadata']),
    openActions: ['evaluate'],
  });
  expect(accessOf({ HEKSHER_AUTH: 'on', HEKSHER_AUTH_PUBLIC: 'none' })?.openActions).toEqual([]);
});

it('takes the client as which readers of the documents log in', () => {
  const docs = { HEKSHER_DOCS_CLIENT_ID: 'swagger-ui' };
  expect(accessOf({ HEKSHER_AUTH: 'on', ...OAUTH, ...docs })?.docsClientId).toBe('swagger-ui');
  expect(accessOf({ HEKSHER_AUTH: 'on', ...OAUTH })?.docsClientId).toBeUndefined();
});

it('keeps issuers character by character', () => {
  expect(accessOf({ HEKSHER_AUTH: 'on', ...OAUTH })?.oauth).toMatchObject({
    issuers: [{ issuer: 'https://a.example.com/' }, { issuer: 'https://b.example.com' }],
    audience: 'https://x',
    typ: 'strict',
  });
});

it.each([
  [{ HEKSHER_AUTH: 'maybe' }, 'HEKSHER_AUTH'],
  [{ HEKSHER_AUTH_PUBLIC: 'write' }, 'HEKSHER_AUTH_PUBLIC'],
  [{ HEKSHER_OAUTH_ISSUER: 'https://a.example.com' }, 'HEKSHER_OAUTH_AUDIENCE'],
  [{ ...OAUTH, HEKSHER_OAUTH_ISSUER: 'http://a.example.com' }, 'HEKSHER_OAUTH_ISSUER'],
  [{ ...OAUTH, HEKSHER_OAUTH_ISSUER: 'a.example.com' }, 'HEKSHER_OAUTH_ISSUER'],
  [{ ...OAUTH, HEKSHER_OAUTH_JWKS_URL: 'https://a.example.com/keys' }, 'HEKSHER_OAUTH_JWKS_URL'],
  [{ HEKSHER_DOCS_CLIENT_ID: 'swagger-ui' }, 'HEKSHER_DOCS_CLIENT_ID'],
])('refuses %j by name', (env, name) => {
  expect(() => accessOf({ HEKSHER_AUTH: 'on', ...env })).toThrow(`${name}: `);
});

const INTROSPECTION = {
  HEKSHER_OAUTH_ISSUER: 'https://a.example.com',
  HEKSHER_OAUTH_AUDIENCE: 'https://x',
  HEKSHER_INTROSPECTION_URL: 'https://a.example.com/introspect',
  HEKSHER_INTROSPECTION_CLIENT_ID: 'heksher',
  HEKSHER_INTROSPECTION_CLIENT_SECRET: 's',
};

it('reads where opaque tokens are asked about, and what claims say', () => {
  const claims = { HEKSHER_OAUTH_ROLE_CLAIM: 'realm_access.roles', HEKSHER_OAUTH_CONTEXT: 'account:tenant, user:sub' };
  const redis = { HEKSHER_REDIS_URL: 'redis://:p@redis:6379/1' };
  const proven = { HEKSHER_PROVEN_FEATURES: 'account, user' };
  const access = accessOf({ HEKSHER_AUTH: 'on', ...INTROSPECTION, ...claims, ...redis, ...proven });
  const expected = {
    roles: 'realm_access.roles',
    context: new Map([
      ['account', 'tenant'],
      ['user', 'sub'],
    ]),
  };
  expect(access?.oauth?.claims).toEqual(expected);
  expect(access?.introspection).toEqual({
    endpoint: {
      url: 'https://a.example.com/introspect',
      issuer: 'https://a.example.com',
      clientId: 'heksher',
      proof: expect.any(Function) as unknown,
    },
    issuers: ['https://a.example.com'],
    audience: 'https://x',
    claims: expected,
    redisUrl: expect.any(Function) as unknown,
  });
  expect(access?.introspection?.endpoint.proof()).toBe('s');
  expect(access?.introspection?.redisUrl?.()).toBe('redis://:p@redis:6379/1');
  expect(access?.tokens).toEqual({ unstored: 'scopes', provenOnly: new Set(['account', 'user']) });
  expect(accessOf({ HEKSHER_AUTH: 'on', HEKSHER_OAUTH_GRANTS: 'stored' })?.tokens.unstored).toBe('nothing');
});

const { privateKey: PRIVATE_KEY } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

it('reads a private key in place of a secret', () => {
  const env = { HEKSHER_INTROSPECTION_CLIENT_SECRET: '', HEKSHER_INTROSPECTION_CLIENT_KEY: PRIVATE_KEY };
  const proof = accessOf({ HEKSHER_AUTH: 'on', ...INTROSPECTION, ...env })?.introspection?.endpoint.proof();
  expect(proof).toMatchObject({ algorithm: 'EdDSA', id: undefined });
});

it.each([
  [{ ...INTROSPECTION, HEKSHER_INTROSPECTION_CLIENT_SECRET: '' }, 'HEKSHER_INTROSPECTION_CLIENT_SECRET'],
  [{ ...INTROSPECTION, HEKSHER_INTROSPECTION_CLIENT_KEY: PRIVATE_KEY }, 'HEKSHER_INTROSPECTION_CLIENT_KEY'],
  [
    { ...INTROSPECTION, HEKSHER_INTROSPECTION_CLIENT_SECRET: '', HEKSHER_INTROSPECTION_CLIENT_KEY: 'a key' },
    'HEKSHER_INTROSPECTION_CLIENT_KEY',
  ],
  [{ ...INTROSPECTION, HEKSHER_INTROSPECTION_CLIENT_ID: '' }, 'HEKSHER_INTROSPECTION_CLIENT_ID'],
  [{ ...INTROSPECTION, HEKSHER_OAUTH_ISSUER: '' }, 'HEKSHER_OAUTH_ISSUER'],
  [{ ...INTROSPECTION, HEKSHER_INTROSPECTION_URL: 'http://a.example.com' }, 'HEKSHER_INTROSPECTION_URL'],
  [{ HEKSHER_REDIS_URL: 'http://redis' }, 'HEKSHER_REDIS_URL'],
  [{ HEKSHER_OAUTH_CONTEXT: 'account' }, 'HEKSHER_OAUTH_CONTEXT'],
  [{ HEKSHER_OAUTH_CONTEXT: 'account:a,account:b' }, 'HEKSHER_OAUTH_CONTEXT'],
  [{ HEKSHER_PROVEN_FEATURES: 'a-b' }, 'HEKSHER_PROVEN_FEATURES'],
  [{ HEKSHER_OAUTH_GRANTS: 'roles' }, 'HEKSHER_OAUTH_GRANTS'],
])('refuses %j by name, too', (env, name) => {
  expect(() => accessOf({ HEKSHER_AUTH: 'on', ...env })).toThrow(`${name}: `);
});

it('shows nothing of the password of a Redis, and names what says nothing', () => {
  const problem = (): unknown => accessOf({ HEKSHER_AUTH: 'on', HEKSHER_REDIS_URL: 'http://:hunter2@redis' });
  expect(problem).toThrow('must be the address of a Redis');
  expect(problem).not.toThrow('hunter2');
  const { warnings } = readConfig({ ...DATABASE, HEKSHER_PROVEN_FEATURES: 'a', HEKSHER_REDIS_URL: 'redis://r' });
  expect(warnings.map((warning) => warning.split(' ')[0])).toEqual(['HEKSHER_PROVEN_FEATURES', 'HEKSHER_REDIS_URL']);
});

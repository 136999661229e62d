import { createPublicKey, type JsonWebKey } from 'node:crypto';
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import { OTHER_AUDIENCE, TestProvider } from '../support/access/provider.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { ask, comparable, EXPRESS_WAY } from '../support/http/both-ways.js';
import { atClock } from '../support/service/clock.js';
import { type Answer, startTestService, type TestService } from '../support/service/service.js';

let provider: TestProvider;
let database: TestDatabase;
let service: TestService;
beforeAll(async () => {
  provider = await TestProvider.start();
  database = await createDatabase();
});
beforeEach(async () => {
  provider.mood = 'well';
  service = await replica();
});
afterEach(() => service.stop());
afterAll(async () => {
  await database.drop();
  provider.stop();
});

/** Opaque tokens are not taken, so that what is asked of the provider is its keys alone. */
function replica(): Promise<TestService> {
  const { HEKSHER_AUTH = '', HEKSHER_OAUTH_ISSUER = '', HEKSHER_OAUTH_AUDIENCE = '' } = provider.env;
  return startTestService({ HEKSHER_AUTH, HEKSHER_OAUTH_ISSUER, HEKSHER_OAUTH_AUDIENCE }, database);
}

const query = (token: string): Promise<Answer> =>
  service.call('GET', '/api/v1/query', { headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' } });
const statusOf = async (token: string): Promise<number> => (await query(token)).status;

test('tokens of users and of programs are taken as the provider makes them', async () => {
  expect(await statusOf(await provider.ofMachine('machine'))).toBe(200);
  expect(await statusOf((await provider.login('ann')).accessToken)).toBe(200);
});

test('what the provider made for others, or was made of its keys, is refused, by fast reads and by Express', async () => {
  const { accessToken, idToken } = await provider.login('ann');
  const [key = {}] = provider.signingKeys;
  const { d: secret, ...publicJwk } = key;
  expect(secret).toBeDefined();
  const pem = createPublicKey({ key: publicJwk as JsonWebKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const claims = decodeJwt(accessToken);
  const header = decodeProtectedHeader(accessToken) as JWTHeaderParameters;
  const sign = (
    given: Partial<JWTHeaderParameters>,
    by: Parameters<SignJWT['sign']>[0],
    more: object = {},
  ): Promise<string> => new SignJWT({ ...claims, ...more }).setProtectedHeader({ ...header, ...given }).sign(by);
  const real = await importJWK(key, 'ES256');
  const other = await generateKeyPair('ES256', { extractable: true });
  const [head, body, signature = ''] = accessToken.split('.');
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bad: Readonly<Record<string, string>> = {
    'the ID token': idToken,
    'an ID token by the key of access tokens': await sign({ typ: 'JWT' }, real, { aud: 'console', nonce: 'x' }),
    'an ID token that is called an access token': await sign({}, real, { nonce: 'x' }),
    'for another resource': await provider.ofMachine('machine', { resource: OTHER_AUDIENCE }),
    opaque: await provider.ofMachine('opaque-machine'),
    'a public key in PEM as a secret': await sign({ alg: 'HS256' }, Buffer.from(pem)),
    'a public key in JSON as a secret': await sign({ alg: 'HS256' }, Buffer.from(JSON.stringify(publicJwk))),
    'a public key in DER as a secret': await sign(
      { alg: 'HS256' },
      createPublicKey({ key: publicJwk as JsonWebKey, format: 'jwk' }).export({ type: 'spki', format: 'der' }),
    ),
    'the algorithm of another key': await sign({ alg: 'ES256', kid: String(provider.signingKeys[1]?.kid) }, real),
    'an unsigned one': `${encoded({ ...header, alg: 'none' })}.${body}.`,
    'an unsigned one in capitals': `${encoded({ ...header, alg: 'NONE' })}.${body}.`,
    'one by the key in its header': await sign({ jwk: await exportJWK(other.publicKey), kid: '' }, other.privateKey),
    'one by a key that is named as ours': await sign({}, other.privateKey),
    'other claims below the signature': `${head}.${encoded({ ...claims, scope: 'heksher:admin' })}.${signature}`,
  };
  expect(await statusOf(await sign({}, real))).toBe(200);
  for (const [what, token] of Object.entries(bad)) {
    const headers = [`Authorization: Bearer ${token}`, 'Accept: application/json'];
    const fast = await ask(service.url, { target: '/api/v1/query', headers });
    const slow = await ask(service.url, { target: '/api/v1/query', headers }, EXPRESS_WAY);
    expect([what, fast.statusLine.split(' ')[1]]).toEqual([what, '401']);
    expect(comparable(slow)).toEqual(comparable(fast));
  }
});

test('a key that was rotated in is taken by its first token, within ten seconds by one fetch for a thousand unknown ones', async () => {
  const old = await provider.ofMachine('machine');
  expect(await statusOf(old)).toBe(200);
  await provider.rotate();
  const before = provider.keyFetches;
  const rotated = await provider.ofMachine('machine');
  const { privateKey } = await generateKeyPair('ES256');
  const unknown = Array.from({ length: 1_000 }, (_, index) =>
    new SignJWT(decodeJwt(old))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: `unknown ${index}` })
      .sign(privateKey),
  );
  // The keys were fetched when the service started, which is less than half a minute ago.
  const statuses = await atClock(31, async () =>
    Promise.all([rotated, ...(await Promise.all(unknown))].map((token) => statusOf(token))),
  );
  expect([statuses[0], new Set(statuses.slice(1)), provider.keyFetches - before]).toEqual([200, new Set([401]), 1]);
  // The one that was withdrawn is known no longer, since the set was fetched anew.
  expect(await statusOf(old)).toBe(401);
  expect(provider.keyFetches - before).toBe(1);
}, 120_000);

test('while the provider is away for an hour, known keys hold, and beyond the bound a token is a 503', async () => {
  const token = await provider.ofMachine('machine');
  expect(await statusOf(token)).toBe(200);
  provider.mood = 'failing';
  await atClock(3_000, async () => {
    expect(await statusOf(token)).toBe(200);
    const [key = {}] = provider.signingKeys;
    const by = await importJWK(key, 'ES256');
    const fresh = await new SignJWT({ ...decodeJwt(token), jti: 'fresh' })
      .setProtectedHeader(decodeProtectedHeader(token) as JWTHeaderParameters)
      .sign(by);
    expect(await statusOf(fresh)).toBe(200);
  });
  provider.mood = 'well';
  const late = await atClock(86_500, () => provider.ofMachine('machine'));
  provider.mood = 'failing';
  await atClock(86_500, async () => {
    const answer = await query(late);
    expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, true]);
    provider.mood = 'well';
  });
});

test('clocks may differ by half a minute, and no more', async () => {
  const [one, other] = [await provider.ofMachine('machine'), await provider.ofMachine('machine')];
  expect(await atClock(-25, () => statusOf(one))).toBe(200);
  expect(await atClock(-60, () => statusOf(other))).toBe(401);
  const [third, fourth] = [await provider.ofMachine('machine'), await provider.ofMachine('machine')];
  expect(await atClock(3_600 + 25, () => statusOf(third))).toBe(200);
  expect(await atClock(3_600 + 35, () => statusOf(third))).toBe(401);
  expect(await atClock(3_600 + 35, () => statusOf(fourth))).toBe(401);
});

import { generateKeyPairSync, sign } from 'node:crypto';
import {
  createLocalJWKSet,
  type CryptoKey,
  exportJWK,
  FlattenedSign,
  generateKeyPair,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { verifiedClaims } from './verified-token.js';

const ACCEPTED = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
const OPTIONS = {
  issuer: 'https://login.example.com',
  audience: 'https://settings.example.com',
  typ: 'at+jwt',
  clockTolerance: 5,
  currentDate: new Date(1_800_000_000_000),
  requiredClaims: ['iss', 'exp', 'aud', 'sub'],
};
const NOW_S = 1_800_000_000;
const CLAIMS = { iss: OPTIONS.issuer, aud: OPTIONS.audience, sub: 'jim', iat: NOW_S, exp: NOW_S + 60 };

type Signer = Readonly<{ alg: string; key: CryptoKey; jwk: JWK }>;

async function signerOf(alg: string): Promise<Signer> {
  const { privateKey: key, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, key, jwk: { ...(await exportJWK(publicKey)), kid: alg } };
}

const signers = await Promise.all(ACCEPTED.map(signerOf));
const others = await Promise.all(['RS512', 'ES384'].map(signerOf));
const keys = createLocalJWKSet({ keys: [...signers, ...others].map(({ jwk }) => jwk) });

const token = ({ alg, key }: Signer, claims: object = {}, header: object = {}): Promise<string> =>
  new SignJWT({ ...CLAIMS, ...claims }).setProtectedHeader({ alg, kid: alg, typ: 'at+jwt', ...header }).sign(key);

/** The claims, or the code of the error. */
async function outcome(claims: Promise<unknown>): Promise<unknown> {
  return claims.catch((error: unknown) => (error as { code?: string }).code);
}

async function requireAsJose(given: string, find = keys): Promise<unknown> {
  const ours = await outcome(verifiedClaims(given, find, OPTIONS));
  const joses = jwtVerify(given, find, { ...OPTIONS, algorithms: ACCEPTED }).then(({ payload }) => payload);
  expect(ours).toEqual(await outcome(joses));
  return ours;
}

describe.each(signers.map((signer) => [signer.alg, signer] as const))('a token by %s', (_alg, signer) => {
  it('proves its claims', async () => {
    expect(await requireAsJose(await token(signer))).toEqual(CLAIMS);
  });

  it.each([
    ['has expired', { exp: NOW_S - 6 }, 'ERR_JWT_EXPIRED'],
    ['is not good yet', { nbf: NOW_S + 6 }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['is for others', { aud: 'https://other.example.com' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['is of another issuer', { iss: 'https://evil.example.com' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['is of nobody', { sub: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['never ends', { exp: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
  ])('is refused where it %s, as jose does', async (_what, claims, code) => {
    expect(await requireAsJose(await token(signer, claims))).toBe(code);
  });

  it.each([
    ['another type', { typ: 'JWT' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['no key of ours', { kid: 'unknown' }, 'ERR_JWKS_NO_MATCHING_KEY'],
  ])('is refused where its header names %s, as jose does', async (_what, header, code) => {
    expect(await requireAsJose(await token(signer, {}, header))).toBe(code);
  });

  it('is refused where its header has an extension that is critical', async () => {
    const header = { alg: signer.alg, kid: signer.alg, typ: 'at+jwt', crit: ['x'], x: 1 };
    const bytes = new TextEncoder().encode(JSON.stringify(CLAIMS));
    const signing = new FlattenedSign(bytes).setProtectedHeader(header);
    const { protected: head = '', payload, signature } = await signing.sign(signer.key, { crit: { x: true } });
    const ours = await outcome(verifiedClaims(`${head}.${payload}.${signature}`, keys, OPTIONS));
    expect(ours).toMatch(/^ERR_/);
  });

  it('is refused where a character of it is another one, as jose refuses it', async () => {
    const given = await token(signer);
    const places = Array.from({ length: 40 }, (_, index) => Math.floor((index * given.length) / 40));
    for (const place of [...places, given.length - 1]) {
      const other = given[place] === 'A' ? 'B' : 'A';
      const changed = given.slice(0, place) + other + given.slice(place + 1);
      expect({ place, outcome: typeof (await outcome(verifiedClaims(changed, keys, OPTIONS))) }).not.toMatchObject({
        outcome: 'object',
      });
    }
  });

  it('is refused where it is cut, or written in another way', async () => {
    const given = await token(signer);
    const [head = '', payload = '', signature = ''] = given.split('.');
    for (const changed of [
      `${head}.${payload}.`,
      `${head}.${payload}`,
      `${given}=`,
      `${given}.`,
      `${head}.${payload}.${signature.slice(4)}`,
      `${head}.${payload}.${signature}AAAA`,
      `${head}..${signature}`,
    ])
      expect(await outcome(verifiedClaims(changed, keys, OPTIONS))).toMatch(/^ERR_/);
  });

  it('is refused by the key of another, though it names that', async () => {
    const stranger = await signerOf(signer.alg);
    expect(await requireAsJose(await token(stranger))).toBe('ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
  });
});

it.each(others.map((signer) => [signer.alg, signer] as const))('refuses the algorithm %s', async (_alg, signer) => {
  expect(await requireAsJose(await token(signer))).toBe('ERR_JOSE_ALG_NOT_ALLOWED');
});

it.each([1_024, 2_047])('refuses a token that an RSA key of %d bits has signed', async (modulusLength) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const short = createLocalJWKSet({ keys: [{ ...(publicKey.export({ format: 'jwk' }) as JWK), kid: 'RS256' }] });
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');
  const signed = `${part({ alg: 'RS256', kid: 'RS256', typ: 'at+jwt' })}.${part(CLAIMS)}`;
  const given = `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  await expect(verifiedClaims(given, short, OPTIONS)).rejects.toThrow('an RSA key of fewer than 2048 bits');
});

it('refuses a token without a signature, and one by a shared secret that is a public key', async () => {
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');
  const none = `${part({ alg: 'none', typ: 'at+jwt' })}.${part(CLAIMS)}`;
  expect(await outcome(verifiedClaims(`${none}.`, keys, OPTIONS))).toBe('ERR_JWS_INVALID');
  expect(await outcome(verifiedClaims(`${none}.AAAA`, keys, OPTIONS))).toBe('ERR_JOSE_ALG_NOT_ALLOWED');
  const secret = new TextEncoder().encode(JSON.stringify(signers[0]?.jwk));
  const shared = await new SignJWT(CLAIMS)
    .setProtectedHeader({ alg: 'HS256', kid: 'RS256', typ: 'at+jwt' })
    .sign(secret);
  expect(await outcome(verifiedClaims(shared, keys, OPTIONS))).toBe('ERR_JOSE_ALG_NOT_ALLOWED');
});

it('takes a token by one algorithm for none by another of the same key', async () => {
  const [rs] = signers;
  if (rs === undefined) throw new Error('there is no key');
  const given = await token(rs, {}, { kid: 'RS256' });
  const [, payload = '', signature = ''] = given.split('.');
  const head = Buffer.from(JSON.stringify({ alg: 'PS256', kid: 'RS256', typ: 'at+jwt' })).toString('base64url');
  expect(await requireAsJose(`${head}.${payload}.${signature}`)).toMatch(/^ERR_/);
});

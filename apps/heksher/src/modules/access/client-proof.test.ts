import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { type ClientKey, parseClientKey, proofOf, secretOf } from './client-proof.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = ec.privateKey.export({ format: 'jwk' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ format: 'jwk' });
const pem = ({ privateKey }: { privateKey: KeyObject }) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const ASKING = { clientId: 'heksher :+%', issuer: 'https://login.example.com' };

it.each([
  ['RSA in PEM', pem(generateKeyPairSync('rsa', { modulusLength: 2_048 })), 'RS256', undefined],
  ['P-256 in PEM', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' })), 'ES256', undefined],
  ['P-384 in PEM', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' })), 'ES384', undefined],
  ['Ed25519 in PEM', pem(generateKeyPairSync('ed25519')), 'EdDSA', undefined],
  ['a JWK', JSON.stringify({ ...jwk, kid: 'one', use: 'sig' }), 'ES256', 'one'],
  ['a JWK with its algorithm', JSON.stringify({ ...rsa, kid: 'two', alg: 'PS256' }), 'PS256', 'two'],
] as const)('reads %s', async (_what, text, algorithm, id) => {
  const read = parseClientKey(text);
  expect([read.algorithm, read.id]).toEqual([algorithm, id]);
  const { form } = await proofOf(read, ASKING);
  const { protectedHeader } = await jwtVerify(form['client_assertion'] ?? '', createPublicKey(read.key));
  expect([protectedHeader.alg, protectedHeader.kid]).toEqual([algorithm, id]);
});

it.each([
  ['nothing of the kind', 'a secret'],
  ['a public key', ec.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ['a public JWK', JSON.stringify(ec.publicKey.export({ format: 'jwk' }))],
  ['a weak key', pem(generateKeyPairSync('rsa', { modulusLength: 1_024 }))],
  ['a key that signs nothing', pem(generateKeyPairSync('x25519'))],
  ['a curve that is not taken', pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }))],
  ['an algorithm of other keys', JSON.stringify({ ...jwk, alg: 'RS256' })],
  ['a shared secret', JSON.stringify({ kty: 'oct', k: 'c2VjcmV0' })],
  ['half a JWK', '{"kty":"EC"'],
])('refuses %s, and shows nothing of it', (_what, text) => {
  const parse = () => parseClientKey(text);
  expect(parse).toThrow('must be a private key in PEM or as a JWK');
  expect(parse).not.toThrow(text.slice(30, 60) || 'secret');
});

it('makes an assertion anew for each question, for one issuer and a minute', async () => {
  const key: ClientKey = parseClientKey(JSON.stringify(jwk));
  const assertions = await Promise.all([proofOf(key, ASKING), proofOf(key, ASKING)]);
  const [one, other] = assertions.map(({ headers, form }) => {
    expect(headers).toEqual({});
    expect(form['client_assertion_type']).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    return form['client_assertion'] ?? '';
  });
  const { iss, sub, aud, jti, iat = 0, exp = 0 } = decodeJwt(one ?? '');
  expect([iss, sub, aud, exp - iat]).toEqual([ASKING.clientId, ASKING.clientId, ASKING.issuer, 60]);
  expect(decodeProtectedHeader(one ?? '')).toEqual({ alg: 'ES256' });
  expect(decodeJwt(other ?? '').jti).not.toBe(jti);
});

it('sends a secret as RFC 6749 has it, and no form', async () => {
  const { headers, form } = await proofOf('a secret: with +', ASKING);
  const sent = Buffer.from((headers['Authorization'] ?? '').replace('Basic ', ''), 'base64').toString();
  expect([sent, form]).toEqual(['heksher+%3A%2B%25:a+secret%3A+with+%2B', {}]);
});

it('makes the same secret of the same key, however it is written', () => {
  const pem = ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(secretOf(parseClientKey(pem))).toEqual(secretOf(parseClientKey(JSON.stringify({ ...jwk, kid: 'x' }))));
});

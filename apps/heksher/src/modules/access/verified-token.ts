import { constants, KeyObject, verify, type VerifyKeyObjectInput } from 'node:crypto';
import {
  type CryptoKey,
  decodeProtectedHeader,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type JWTClaimVerificationOptions,
  type JWTPayload,
  UnsecuredJWT,
} from 'jose';
import { invalidToken } from '../../access/access-error.js';

/** Finds the key that a header names, as jose's sets of keys do. */
export type FindKey = (header?: JWSHeaderParameters, token?: FlattenedJWSInput) => Promise<CryptoKey>;

type Algorithm = Readonly<{ digest: 'sha256' | null }> & Omit<VerifyKeyObjectInput, 'key'>;

/** Those that are accepted: never `none`, and never those by a shared secret, as which a public key could be taken. */
const ALGORITHMS: ReadonlyMap<unknown, Algorithm> = new Map<unknown, Algorithm>([
  ['RS256', { digest: 'sha256', padding: constants.RSA_PKCS1_PADDING }],
  [
    'PS256',
    { digest: 'sha256', padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  ],
  ['ES256', { digest: 'sha256', dsaEncoding: 'ieee-p1363' }],
  ['EdDSA', { digest: null }],
  ['Ed25519', { digest: null }],
]);
const SHORTEST_RSA_BITS = 2_048;

/**
 * The claims of a JWT: jose's `jwtVerify`, but for the signature, which is checked on this thread. That takes 0.04 to 0.15 ms; by way of
 * the thread pool, as jose does it, it took 0.16 to 0.37 ms of processor time, and waits for whatever else is in the pool.
 * Rejects with jose's errors: the header, its `crit`, the choice of the key and the claims are checked by jose. And with `unauthenticated`,
 * where the key is an RSA key that is too short (RFC 7518, 3.3).
 */
export async function verifiedClaims(
  token: string,
  find: FindKey,
  options: JWTClaimVerificationOptions,
): Promise<JWTPayload> {
  const [signed, signature] = partsOf(token);
  const header = decodeProtectedHeader(token);
  const algorithm = ALGORITHMS.get(header.alg);
  if (algorithm === undefined)
    throw new errors.JOSEAlgNotAllowed('"alg" (Algorithm) Header Parameter value not allowed');
  const { digest, ...scheme } = algorithm;
  const key = keyObjectOf(await find({ ...header, alg: String(header.alg) }));
  if (!verify(digest, Buffer.from(signed), { ...scheme, key }, signature))
    throw new errors.JWSSignatureVerificationFailed();
  // Its signature has been checked: what is left of it goes to jose as a token without one.
  const unsecured = Buffer.from(JSON.stringify({ ...header, alg: 'none' })).toString('base64url');
  return UnsecuredJWT.decode(`${unsecured}.${signed.slice(signed.indexOf('.') + 1)}.`, options).payload;
}

/** What is signed, and the signature. */
function partsOf(token: string): readonly [signed: string, signature: Buffer] {
  const [, signed, encoded] = /^([\w-]+\.[\w-]+)\.([\w-]+)$/.exec(token) ?? [];
  const signature = Buffer.from(encoded ?? '', 'base64url');
  // Of several ways to write it, one is right.
  if (signed === undefined || signature.toString('base64url') !== encoded)
    throw new errors.JWSInvalid('Invalid Compact JWS');
  return [signed, signature];
}

const keyObjects = new WeakMap<CryptoKey, KeyObject>();

function keyObjectOf(key: CryptoKey): KeyObject {
  const known = keyObjects.get(key);
  if (known !== undefined) return known;
  const made = KeyObject.from(key);
  const { modulusLength = SHORTEST_RSA_BITS } = made.asymmetricKeyDetails ?? {};
  if (modulusLength < SHORTEST_RSA_BITS)
    throw invalidToken('the issuer signed the token by an RSA key of fewer than 2048 bits');
  keyObjects.set(key, made);
  return made;
}

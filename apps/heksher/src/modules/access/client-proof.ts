import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import { HeksherError, member, parseNative } from '@heksher/core';
import { SignJWT } from 'jose';

/** How a client proves to an issuer who it is: by a secret of both, or by signing with a key that it alone has (`private_key_jwt`). */
export type ClientProof = string | ClientKey;

export type ClientKey = Readonly<{ key: KeyObject; algorithm: string; id: string | undefined }>;

/** Who asks whom. */
type Asking = Readonly<{ clientId: string; issuer: string }>;

/** An assertion is for one question, which takes seconds. */
const GOOD_FOR_S = 60;

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const ACCEPTED =
  'must be a private key in PEM or as a JWK: RSA of 2048 bits or more (RS256, PS256), P-256 (ES256), P-384 (ES384) or Ed25519 (EdDSA)';

/** Reads PEM, or a JWK whose `kid` and `alg` count. Throws `invalid`, which shows nothing of it. */
export function parseClientKey(text: string): ClientKey {
  try {
    const jwk: unknown = text.startsWith('{') ? parseNative(text) : undefined;
    const key = createPrivateKey(jwk === undefined ? text : { key: JSON.parse(text) as never, format: 'jwk' });
    const [id, wanted] = [member(jwk, 'kid'), member(jwk, 'alg')];
    const algorithms = algorithmsOf(key);
    const algorithm = wanted === undefined ? algorithms[0] : algorithms.find((one) => one === wanted);
    if (algorithm !== undefined) return { key, algorithm, id: typeof id === 'string' ? id : undefined };
  } catch {
    // What is wrong with it may have parts of it.
  }
  throw new HeksherError('invalid', ACCEPTED);
}

/** By which it can sign, the usual one first; none: it is no such key. */
function algorithmsOf({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject): readonly string[] {
  if (type === 'rsa') return (details.modulusLength ?? 0) >= 2_048 ? ['RS256', 'PS256'] : [];
  if (type === 'ed25519') return ['EdDSA'];
  if (details.namedCurve === 'prime256v1') return ['ES256'];
  return details.namedCurve === 'secp384r1' ? ['ES384'] : [];
}

/** What a request has that proves its sender (RFC 6749, 2.3.1; RFC 7523, 2.2): a header, or members of its form. */
export async function proofOf(
  proof: ClientProof,
  { clientId, issuer }: Asking,
): Promise<Readonly<{ headers: Readonly<Record<string, string>>; form: Readonly<Record<string, string>> }>> {
  if (typeof proof === 'string') {
    const credentials = Buffer.from(`${formEncoded(clientId)}:${formEncoded(proof)}`).toString('base64');
    return { headers: { Authorization: `Basic ${credentials}` }, form: {} };
  }
  const { key, algorithm: alg, id: kid } = proof;
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    // Whoever it is made out to cannot use it elsewhere.
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${GOOD_FOR_S}s`)
    .sign(key);
  return { headers: {}, form: { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion } };
}

/** What the client alone knows, for keys that are made of it. */
export function secretOf(proof: ClientProof): string | Buffer {
  return typeof proof === 'string' ? proof : proof.key.export({ type: 'pkcs8', format: 'der' });
}

/** As RFC 6749, 2.3.1, wants credentials of clients. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

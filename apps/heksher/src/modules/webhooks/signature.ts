import { createHmac, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';

const SECRET_BYTES = 32;

/** An ed25519 key of 32 bytes in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** What an endpoint is signed for by: `bytes` is a secret, behind which there may be a private key. Texts are as receivers are given them. */
export type MadeSecret = Readonly<{ bytes: Buffer; secret: string; publicKey: string | null }>;

/** `whsec_` and base64; and `whpk_` and base64 of the public key, where a key pair is asked for. */
export function makeSecret(hasKeyPair: boolean): MadeSecret {
  const bytes = randomBytes(hasKeyPair ? 2 * SECRET_BYTES : SECRET_BYTES);
  const privateKey = privateKeyIn(bytes);
  const secret = `whsec_${bytes.subarray(0, SECRET_BYTES).toString('base64')}`;
  return { bytes, secret, publicKey: privateKey === undefined ? null : publicKeyOf(privateKey) };
}

/**
 * The headers of Standard Webhooks 1.0: a signature by each secret (`v1`), and by each private key that is with one (`v1a`). While a secret is
 * being replaced there are two.
 * @param atMs the time of this attempt
 */
export function signedHeaders(
  id: string,
  atMs: number,
  body: Buffer,
  secrets: readonly Buffer[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMs / 1_000));
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const signatures = secrets.flatMap((bytes) => {
    const privateKey = privateKeyIn(bytes);
    const byHmac = createHmac('sha256', bytes.subarray(0, SECRET_BYTES)).update(signed).digest('base64');
    const byKey = privateKey && sign(null, signed, privateKey).toString('base64');
    return [`v1,${byHmac}`, ...(byKey === undefined ? [] : [`v1a,${byKey}`])];
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

function privateKeyIn(bytes: Buffer): KeyObject | undefined {
  if (bytes.length === SECRET_BYTES) return undefined;
  const key = Buffer.concat([PKCS8, bytes.subarray(SECRET_BYTES)]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

function publicKeyOf(privateKey: KeyObject): string {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return `whpk_${Buffer.from(x, 'base64url').toString('base64')}`;
}

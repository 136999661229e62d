import { createHmac, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** As receivers are given it: `whsec_` and base64. */
export function makeSecret(): Readonly<{ bytes: Buffer; text: string }> {
  const bytes = randomBytes(SECRET_BYTES);
  return { bytes, text: `whsec_${bytes.toString('base64')}` };
}

/**
 * The headers of Standard Webhooks 1.0. While a secret is being replaced there are two, and a signature by each.
 * @param atMs the time of this attempt
 */
export function signedHeaders(
  id: string,
  atMs: number,
  body: Buffer,
  secrets: readonly Buffer[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMs / 1_000));
  const signatures = secrets.map((secret) => {
    return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

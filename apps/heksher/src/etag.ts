import { hash } from 'node:crypto';

export const DIGEST = 'sha256';
/** In base64url: 162 bits, so that collisions cannot be constructed. */
export const DIGEST_LENGTH = 27;

/** A strong entity tag made from content alone, so that every replica gives the same for the same answer. */
export function strongEtag(body: Buffer | string): string {
  return `"${hash(DIGEST, body, 'base64url').slice(0, DIGEST_LENGTH)}"`;
}

import { hash } from 'node:crypto';

export const DIGEST = 'sha256';
/** In base64url: 162 bits, so that nobody finds two answers that share them. */
export const DIGEST_LENGTH = 27;

/** A strong entity tag made from content alone, so that every replica gives the same for the same answer. */
export function strongEtag(body: Buffer | string): string {
  return `"${hash(DIGEST, body, 'base64url').slice(0, DIGEST_LENGTH)}"`;
}

/** Whether `If-None-Match` (RFC 9110, 13.1.2: `*`, or a list of tags, compared weakly) names the entity tag. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag) return true;
  if (ifNoneMatch.trim() === '*') return true;
  const tags = ifNoneMatch.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
  return tags.some((tag) => tag.replace(/^W\//, '') === etag);
}

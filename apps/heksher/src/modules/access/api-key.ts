import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from '@heksher/core';

/** A new key. Its text is shown once; the database keeps the selector and the verifier. */
export type NewKey = Readonly<{ text: string; selector: string; verifier: Buffer }>;

/** `hk_s_<selector>_<secret><checksum>`, which scanners for leaked secrets can go by; `hk_p_…` is that of a page, and no secret. */
const KEY = /^hk_[sp]_([\w-]{22})_[\w-]{43}[0-9A-Za-z]{6}$/;

const CHECKSUM_LENGTH = 6;

export function makeKey(kind: 's' | 'p' = 's'): NewKey {
  const selector = randomBytes(16).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  const body = `hk_${kind}_${selector}_${secret}`;
  const text = body + checksumOf(body);
  return { text, selector, verifier: verifierOf(text) };
}

/** What a key is found by; undefined where this is none, misspelled or cut off. */
export function selectorOf(text: string): string | undefined {
  const [, selector] = KEY.exec(text) ?? [];
  const end = text.length - CHECKSUM_LENGTH;
  return checksumOf(text.slice(0, end)) === text.slice(end) ? selector : undefined;
}

/** SHA-256 of the whole key, which has 256 random bits: there is nothing to stretch. */
export function verifierOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

export function isKeyOf(verifier: Buffer, text: string): boolean {
  const given = verifierOf(text);
  return given.length === verifier.length && timingSafeEqual(given, verifier);
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** CRC-32 in base 62, as GitHub's tokens have it. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = DIGITS.charAt(rest % DIGITS.length) + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
}

import { createHash } from 'node:crypto';
import { type InSteps } from '@heksher/core';
import { DIGEST, DIGEST_LENGTH } from '../../etag.js';

/** Characters encoded in one step. */
const CHARACTERS_PER_STEP = 131_072;

/** The bytes of a text in pieces, and their digest, in steps: for answers of a hundred megabytes. */
export function* encode(parts: readonly string[]): InSteps<Readonly<{ bytes: Buffer; digest: string }>> {
  let size = 0;
  for (const piece of piecesOf(parts)) {
    size += Buffer.byteLength(piece);
    yield;
  }
  const bytes = Buffer.allocUnsafeSlow(size);
  const hash = createHash(DIGEST);
  let at = 0;
  for (const piece of piecesOf(parts)) {
    const end = at + bytes.write(piece, at);
    hash.update(bytes.subarray(at, end));
    at = end;
    yield;
  }
  return { bytes, digest: hash.digest('base64url').slice(0, DIGEST_LENGTH) };
}

/** The same text in pieces of about the characters of a step: short ones joined, long ones cut, but between code points only. */
function* piecesOf(parts: readonly string[]): Generator<string> {
  let joined = '';
  for (const part of parts) {
    let at = 0;
    while (joined.length + part.length - at >= CHARACTERS_PER_STEP) {
      const end = boundaryOf(part, at + CHARACTERS_PER_STEP - joined.length);
      yield joined + part.slice(at, end);
      joined = '';
      at = end;
    }
    joined += at === 0 ? part : part.slice(at);
  }
  if (joined !== '') yield joined;
}

function boundaryOf(text: string, at: number): number {
  const isHighSurrogate = (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
  return isHighSurrogate ? at + 1 : at;
}

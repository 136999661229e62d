import { invalid, quoted } from '@heksher/core';

const HEADER = 'Heksher-Message';
export const LONGEST_MESSAGE = 500;

/**
 * The header that says why a write is made. Its bytes are UTF-8, or where they are not, Latin-1; and any may be
 * percent-encoded, since browsers let pages send Latin-1 alone. A `%` that begins no such code stands for itself.
 * Throws `invalid` for more than one line, and for a longer one than 500 characters. An empty one is none.
 */
export function messageOf(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  const bytes = header.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  const message = decode(Buffer.from(bytes, 'latin1')).trim();
  if ([...message].length > LONGEST_MESSAGE || /[\p{Cc}\u2028\u2029]/u.test(message)) {
    const accepted = `one line of at most ${LONGEST_MESSAGE} characters, percent-encoded where they are not ASCII`;
    throw invalid(`${HEADER} must be ${accepted}; given: ${quoted(message)}`, HEADER, { parameter: HEADER });
  }
  return message === '' ? undefined : message;
}

function decode(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

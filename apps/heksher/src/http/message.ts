import { invalid, quoted } from '@heksher/core';

const HEADER = 'Heksher-Message';
export const LONGEST_MESSAGE = 500;

/**
 * The header that says why a write is made. Its bytes are UTF-8, or where they are not, Latin-1; and any may be
 * percent-encoded, since browsers let pages send Latin-1 alone. A `%` that begins no such code stands for itself.
 * Throws `invalid` for more than one line, and for a longer one than 500 characters. An empty one counts as absent.
 */
export function messageOf(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  const bytes = header.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return requireMessage(decodeHeader(bytes), HEADER, { parameter: HEADER });
}

/** A message that stands in `field`. */
export function requireMessage(
  text: string,
  field: string,
  part: Readonly<{ parameter?: string }> = {},
): string | undefined {
  const message = text.trim();
  if ([...message].length > LONGEST_MESSAGE || /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(message)) {
    const encoded = field === HEADER ? ', percent-encoded where they are not ASCII' : '';
    const accepted = `one line of at most ${LONGEST_MESSAGE} characters${encoded}`;
    throw invalid(`${field} must be ${accepted}; given: ${quoted(message)}`, field, part);
  }
  return message === '' ? undefined : message;
}

/** The text of a header, which Node gives as Latin-1: its bytes are UTF-8, or where they are not, Latin-1. */
export function decodeHeader(header: string): string {
  try {
    return UTF8.decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

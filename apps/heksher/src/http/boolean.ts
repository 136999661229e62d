import { invalid, quoted } from '@heksher/core';

/** The spellings that parseBoolean takes, for error messages. */
export const BOOLEAN_RULE = 'true/false, 1/0, yes/no, on/off, t/f or y/n';

const TRUE: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on', 't', 'y']);
const FALSE: ReadonlySet<string> = new Set(['false', '0', 'no', 'off', 'f', 'n']);

/** A boolean of a query string or a variable, in any case, Python's `True` included. Throws 'invalid' for anything else. */
export function parseBoolean(text: string): boolean {
  const lower = text.toLowerCase();
  if (TRUE.has(lower)) return true;
  if (FALSE.has(lower)) return false;
  throw invalid(`${quoted(text)} is no boolean; accepted: ${BOOLEAN_RULE}`);
}

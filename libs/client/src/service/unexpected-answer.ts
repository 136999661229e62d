import { adviceOn, type HeksherError, missingScope } from '@heksher/core';
import { refused, unavailable } from '../errors.js';
import { membersOf, parseJsonOrNothing } from '../json.js';
import { type Answer, shortened } from './service.js';

/** An answer that is not what was requested. */
export function unexpectedAnswer(what: string, answer: Answer): HeksherError {
  const { status, headers, wasAuthorized } = answer;
  const challenge = headers.get('www-authenticate');
  const advice = answer.redirectedTo === undefined ? adviceOn({ status, challenge }, wasAuthorized) : undefined;
  const id = headers.get('x-request-id');
  const text = advice === undefined ? answer.text : detailOf(answer.text);
  const details = [shortened(text.trim()), id === null ? '' : `request ${id}`].filter((detail) => detail !== '');
  const detail = details.length === 0 ? '' : ` (${details.join(', ')})`;
  const message = `${what}: the service answered ${status}${detail}`;
  if (advice !== undefined) return refused(`${message}; ${advice}`, { status, scope: missingScope(challenge) });
  return unavailable(`${message}${hintOf(answer)}`, undefined, retryAfterMs(headers.get('retry-after')));
}

/** What a problem says in words. */
function detailOf(text: string): string {
  const { detail } = membersOf(parseJsonOrNothing(text));
  return typeof detail === 'string' ? detail : text;
}

/** What may be wrong with the option `url`. */
export function hintOf({ url, redirectedTo, status }: Pick<Answer, 'url' | 'redirectedTo' | 'status'>): string {
  if (redirectedTo !== undefined) {
    return `; ${shortened(url)} redirects to ${shortened(redirectedTo)}: give that service as "url"`;
  }
  if (status !== 404 && status !== 405) return '';
  return `; there may be no Heksher at ${shortened(url)}: "url" is what comes before /api/v1`;
}

/** Longer ones are taken for mistakes. */
const LONGEST_PAUSE_MS = 3_600_000;

/** Of a number of seconds, or of a date. */
export function retryAfterMs(header: string | null, now = Date.now()): number {
  if (header === null) return 0;
  const isDate = header.endsWith(' GMT');
  const ms = isDate ? Date.parse(header) - now : /^\d+$/.test(header) ? Number(header) * 1000 : 0;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_PAUSE_MS);
}

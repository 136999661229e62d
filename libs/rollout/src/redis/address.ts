import { quoted } from '@heksher/core';
import { RolloutError } from '../errors.js';

/** Where a Redis is, as far as a message may show it: no user, no password. */
export type RedisAddress = Readonly<{ url: string; where: string; isTls: boolean }>;

const EXAMPLE = 'redis://127.0.0.1:6379/0';

/**
 * Checks the url of a Redis: an empty one, or one without a host, would be localhost to the client. Throws 'invalid',
 * without showing the url, which may hold a password.
 */
export function parseAddress(url: string): RedisAddress {
  if (url.startsWith('unix:')) return { url, where: 'Redis at its socket', isTls: false };
  const fault = faultOf(url);
  if (fault !== undefined)
    throw new RolloutError('invalid', `the url of Redis ${fault}; accepted: such as "${EXAMPLE}"`);
  const { protocol, hostname, port } = new URL(url);
  return { url, where: `Redis at ${hostname}:${port || '6379'}`, isTls: protocol === 'rediss:' };
}

function faultOf(url: unknown): string | undefined {
  if (typeof url !== 'string' || url === '') return 'is empty';
  if (!URL.canParse(url)) return 'is not a URL';
  const { protocol, hostname, pathname, username, password } = new URL(url);
  if (protocol !== 'redis:' && protocol !== 'rediss:') return `begins with ${quoted(protocol)}`;
  if (hostname === '') return 'names no host';
  if (/%(?![0-9a-f]{2})/i.test(username + password))
    return 'has a "%" in its password that is not an escape; write "%25"';
  return /^\/?[0-9]*$/.test(pathname) ? undefined : `has the database ${quoted(pathname.slice(1))}, not a number`;
}

/** What an error of a connection says of its url, by what stands in its code and message. */
const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/WRONGPASS|without any password/, 'it refuses the user or password of the url'],
  [/NOAUTH/, 'it wants a password, and the url has none'],
  [/DB index/, 'it has no database of that number'],
  [/ENOTFOUND|EAI_AGAIN/, 'the name of the host is not known'],
  [/ECONNREFUSED/, 'nothing listens on that port'],
  [/CERT|certificate|ALTNAME/i, 'its certificate is not trusted here'],
  [/RESP type/, 'what answers there is not a Redis'],
];

/** Why there is no connection, in words. */
export function reasonOf(error: unknown, isTls: boolean): string {
  const { code = '', message = String(error) } = error as Readonly<{ code?: string; message?: string }>;
  const shown = `${code} ${message}`;
  const known = REASONS.find(([pattern]) => pattern.test(shown))?.[1];
  if (known !== undefined) return `${known} (${message || code})`;
  if (isTls && /SSL|timeout|nothing came/i.test(shown))
    return 'it does not speak TLS, or not in time: without TLS, the url begins with "redis://"';
  const closed = /ECONNRESET|EPIPE|Socket closed/.test(shown);
  if (closed && !isTls) return 'it closed the connection; where it wants TLS, the url begins with "rediss://"';
  return message || code;
}

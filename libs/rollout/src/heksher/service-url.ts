import { quoted } from '@heksher/core';
import { RolloutError } from '../errors.js';

const EXAMPLE = 'http://heksher.internal:8080';

/** The url of a service without a slash at its end. Throws 'invalid', without showing credentials. */
export function parseServiceUrl(url: string): string {
  const fault = faultOf(url);
  if (fault !== undefined)
    throw new RolloutError('invalid', `the url of the service ${fault}; accepted: such as "${EXAMPLE}"`);
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '');
}

function faultOf(url: unknown): string | undefined {
  if (typeof url !== 'string' || url === '') return 'is empty';
  if (!URL.canParse(url)) return 'is not a URL';
  const { protocol, username, password, search, hash, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return `begins with ${quoted(protocol)}`;
  if (username !== '' || password !== '') return 'holds credentials: give them in "headers"';
  if (search !== '' || hash !== '') return 'has a query or fragment, which no request could keep';
  return /\/api(\/v1)?\/*$/.test(pathname) ? 'ends with the path of the API, which is added to it' : undefined;
}

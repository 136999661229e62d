import { type FieldError, shortened } from '@heksher/core';
import { type ErrorRenderer } from '../../http/error-filter.js';

/** The codes of OpenFeature that errors of the remote evaluation protocol may have here. */
export type OfrepErrorCode = 'FLAG_NOT_FOUND' | 'PARSE_ERROR' | 'INVALID_CONTEXT' | 'GENERAL';

/** An error repeats no more of a key, so that it stays small; a client that finds its error by a longer key has no such flag. */
const LONGEST_KEY = 1_000;

/** The key that an undecoded path of a single flag asks for; as it stands where it cannot be decoded. */
function keyOf(path: string): string | undefined {
  const [, key] = /^\/ofrep\/v1\/evaluate\/flags\/(.+?)\/?$/.exec(path) ?? [];
  if (key === undefined) return undefined;
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/**
 * The body of an error on a path of OFREP, and its status, which is 400 for what elsewhere is a 422. Clients lose an
 * error without a code, and one of a single flag without its key.
 */
export const ofrepError = ((path, problem, requestId) => {
  const key = keyOf(path);
  const status = problem.code === 'invalid' ? 400 : problem.status;
  const errorDetails = status >= 500 ? `${problem.message} (request ${requestId})` : problem.message;
  // No setting has a name with "/", so that no route has such a key, but a client may ask for it.
  const isUnknownFlag = status === 404 && key !== undefined;
  const errorCode = isUnknownFlag ? 'FLAG_NOT_FOUND' : errorCodeOf(problem.errors);
  const body = { errorCode, errorDetails } as const;
  return { status, body: key === undefined ? body : { key: shortened(key, LONGEST_KEY), ...body } };
}) satisfies ErrorRenderer;

/** By the part of a request, or of a setting, that is wrong. */
export function errorCodeOf([first]: readonly FieldError[]): OfrepErrorCode {
  const field = first?.field;
  if (field === 'context') return 'INVALID_CONTEXT';
  return field === 'body' || field === 'value' ? 'PARSE_ERROR' : 'GENERAL';
}

import { type FieldError } from '@heksher/core';
import { type UnderstoodError } from './problem-answer.js';

/** The codes of OpenFeature that errors of the remote evaluation protocol may have here. */
export type OfrepErrorCode = 'FLAG_NOT_FOUND' | 'PARSE_ERROR' | 'INVALID_CONTEXT' | 'GENERAL';

export type OfrepError = Readonly<{ key?: string; errorCode: OfrepErrorCode; errorDetails: string }>;

/** Whether a path is of OFREP, the OpenFeature Remote Evaluation Protocol, whose errors have a body of their own. */
export function isOfrepPath(path: string): boolean {
  return /^\/ofrep(\/|$)/i.test(path);
}

/** The key that an undecoded path of a single flag asks for; as it stands where it cannot be decoded. */
export function keyOf(path: string): string | undefined {
  const [, key] = /^\/ofrep\/v1\/evaluate\/flags\/(.+?)\/?$/i.exec(path) ?? [];
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
export function ofrepError(
  path: string,
  problem: UnderstoodError,
  requestId: string,
): Readonly<{ status: number; body: OfrepError }> {
  const key = keyOf(path);
  const status = problem.code === 'invalid' ? 400 : problem.status;
  const errorDetails = status >= 500 ? `${problem.message} (request ${requestId})` : problem.message;
  // No setting has a name with "/", so that no route has such a key, but a client may ask for it.
  const isUnknownFlag = status === 404 && key !== undefined;
  const errorCode = isUnknownFlag ? 'FLAG_NOT_FOUND' : errorCodeOf(problem.errors);
  const body = { errorCode, errorDetails } as const;
  return { status, body: key === undefined ? body : { key, ...body } };
}

/** By the part of a request, or of a setting, that is wrong. */
export function errorCodeOf([first]: readonly FieldError[]): OfrepErrorCode {
  const field = first?.field;
  if (field === 'context') return 'INVALID_CONTEXT';
  return field === 'body' || field === 'value' ? 'PARSE_ERROR' : 'GENERAL';
}

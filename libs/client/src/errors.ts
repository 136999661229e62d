import { HeksherError, quoted } from '@heksher/core';

/** A setting is read where a feature that it is configurable by has no value; `errors[0].field` is the feature. */
export function missingFeature(setting: string, feature: string): HeksherError {
  const message =
    `the setting ${quoted(setting)} is configurable by ${quoted(feature)}, which has no value here; ` +
    `give it where the setting is read, by withContext, or in the "context" option`;
  return new HeksherError('invalid', message, { errors: [{ field: feature, message }] });
}

/** `retryAfterMs`: how long the service asked to be left alone. */
class UnavailableError extends HeksherError {
  constructor(
    message: string,
    cause: unknown,
    readonly retryAfterMs: number,
  ) {
    super('unavailable', message, { cause });
  }
}

/** The service does not answer, or not as a Heksher does. */
export function unavailable(message: string, cause?: unknown, retryAfterMs = 0): HeksherError {
  return new UnavailableError(message, cause, retryAfterMs);
}

export function isUnavailable(error: unknown): boolean {
  return error instanceof HeksherError && error.code === 'unavailable';
}

/** The Retry-After of the service, in milliseconds; 0 if absent. */
export function retryAfterOf(error: unknown): number {
  return error instanceof UnavailableError ? error.retryAfterMs : 0;
}

/** The message of whatever was thrown, also by another realm, whose Error is not ours. */
export function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return typeof message === 'string' ? message : String(error);
}

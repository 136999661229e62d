import { HeksherError, quoted } from '@heksher/core';

/** A setting is read where a feature that it is configurable by has no value; `errors[0].field` is the feature. */
export function missingFeature(setting: string, feature: string): HeksherError {
  const message =
    `the setting ${quoted(setting)} is configurable by ${quoted(feature)}, which has no value here; ` +
    `give it where the setting is read, by withContext, or in the "context" option`;
  return new HeksherError('invalid', message, { errors: [{ field: feature, message }] });
}

/** The service does not answer, or not as a Heksher does. */
export function unavailable(message: string, cause?: unknown): HeksherError {
  return new HeksherError('unavailable', message, { cause });
}

export function isUnavailable(error: unknown): boolean {
  return error instanceof HeksherError && error.code === 'unavailable';
}

/** The message of whatever was thrown, also by another realm, whose Error is not ours. */
export function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return typeof message === 'string' ? message : String(error);
}

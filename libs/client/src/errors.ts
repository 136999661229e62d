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

/** What a service says of credentials: 401, that they do not hold; 403, that they lack this scope. */
export type Refusal = Readonly<{ status: number; scope: string | undefined }>;

class RefusedError extends HeksherError {
  constructor(
    message: string,
    readonly refusal: Refusal,
  ) {
    super('unavailable', message);
  }
}

/** The service refuses the credentials. */
export function refused(message: string, refusal: Refusal): HeksherError {
  return new RefusedError(message, refusal);
}

/** Undefined of an error that is about something else than credentials. */
export function refusalOf(error: unknown): Refusal | undefined {
  return error instanceof RefusedError ? error.refusal : undefined;
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

/** fetch fails with "fetch failed", and says why in the cause. */
export function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
}

export function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

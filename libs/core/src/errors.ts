/**
 * What can go wrong, in the words of the domain. The service's error filter gives each code its HTTP status;
 * a library that uses core may treat them otherwise.
 */
export type ErrorCode =
  /** The input is malformed or names something that cannot be. */
  | 'invalid'
  /** The input is well-formed, but this state of the data does not allow it. */
  | 'not_acceptable_here'
  /** What the request addresses does not exist. */
  | 'not_found'
  /** The request contradicts what is there: a taken name, an older version, something in use. */
  | 'conflict'
  | 'method_not_allowed'
  | 'too_large'
  /** The database, or another thing this depends on, does not answer. Trying again later may work. */
  | 'unavailable'
  /** The service runs without a database, for its documents only. */
  | 'doc_only';

/** One thing that is wrong with one part of an input. `field` is a path such as `feature_values.user`. */
export type FieldError = Readonly<{ field: string; message: string }>;

/** The one error type of Heksher. `message` says what was given and what would be accepted. */
export class HeksherError extends Error {
  override readonly name = 'HeksherError';
  readonly errors: readonly FieldError[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { cause?: unknown; errors?: readonly FieldError[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors ?? [];
  }
}

/** An input, or the part of it that `field` names, is malformed. */
export function invalid(message: string, field?: string): HeksherError {
  return new HeksherError('invalid', message, field === undefined ? {} : { errors: [{ field, message }] });
}

/** `what` named `name` does not exist: `the setting "x" does not exist`. */
export function notFound(what: string, name: string | number): HeksherError {
  return new HeksherError('not_found', `the ${what} ${JSON.stringify(name)} does not exist`);
}

export function conflict(message: string): HeksherError {
  return new HeksherError('conflict', message);
}

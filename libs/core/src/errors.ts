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

/** What an error is about, where that matters to whoever renders it. */
export type ErrorSubject = 'setting' | 'alias' | 'context feature' | 'rule' | 'rollout';

/** The one error type of Heksher. `message` says what was given and what would be accepted. */
export class HeksherError extends Error {
  override readonly name = 'HeksherError';
  readonly errors: readonly FieldError[];
  readonly subject: ErrorSubject | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { cause?: unknown; errors?: readonly FieldError[]; subject?: ErrorSubject } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors ?? [];
    this.subject = options.subject;
  }
}

/** An input, or the part of it that `field` names, is malformed. */
export function invalid(message: string, field?: string): HeksherError {
  return new HeksherError('invalid', message, field === undefined ? {} : { errors: [{ field, message }] });
}

/** The `subject` of that name or id does not exist: `the setting "x" does not exist`. */
export function notFound(subject: ErrorSubject, name: string | number): HeksherError {
  return new HeksherError('not_found', `the ${subject} ${JSON.stringify(name)} does not exist`, { subject });
}

/** The request contradicts what is there. */
export function conflict(message: string, subject?: ErrorSubject): HeksherError {
  return new HeksherError('conflict', message, subject === undefined ? {} : { subject });
}

/** A given text for an error message: in quotes, control characters escaped, cut after 100 characters. */
export function quoted(text: string): string {
  return text.length > 100 ? `${JSON.stringify(text.slice(0, 100))}…` : JSON.stringify(text);
}

import { type RawJson } from './json-writer.js';
import { type ProblemCode } from './problem-codes.js';

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
  /** What the request asks for was there once, and is not kept any more. */
  | 'gone'
  /** The request was to be carried out on a condition that does not hold. */
  | 'precondition_failed'
  | 'method_not_allowed'
  /** Who asks is not known, or is known no longer. */
  | 'unauthenticated'
  /** Who asks may not do this. */
  | 'forbidden'
  /** How the request says who asks cannot be understood. */
  | 'bad_credentials'
  /** It is asked more often than is allowed. */
  | 'rate_limited'
  | 'too_large'
  /** The database, or another thing this depends on, does not answer. Trying again later may work. */
  | 'unavailable'
  /** The service runs without a database, for its documents only. */
  | 'doc_only';

/**
 * One thing that is wrong with one part of an input. `field` is a path such as `variants[0].weight`. Of a request, the
 * part is the member of the body that `pointer` (RFC 6901) or else `field` leads to, or the `parameter` of that name.
 */
export type FieldError = Readonly<{
  field: string;
  message: string;
  code?: ProblemCode;
  pointer?: string;
  parameter?: string;
  /** What the message names, for programs: `rule_id`, for instance. */
  details?: Readonly<Record<string, string | number | RawJson>>;
}>;

/** What an error is about, where that matters for rendering it. */
export type ErrorSubject = 'setting' | 'alias' | 'context feature' | 'rule' | 'rollout';

/** Bounds of an error, whatever its creator passed: an error must not be larger than what it is about. */
export const MOST_ENTRIES = 20;
const LONGEST_MESSAGE = 4_000;
const LONGEST_ENTRY = 500;

type ErrorOptions = Readonly<{
  cause?: unknown;
  errors?: readonly FieldError[];
  /** How many more there are than `errors` has. */
  omitted?: number;
  subject?: ErrorSubject | undefined;
}>;

/** The one error type of Heksher. `message` says what was given and what would be accepted. Its size is bounded. */
export class HeksherError extends Error {
  override readonly name = 'HeksherError';
  /** At most MOST_ENTRIES; `omitted` counts the rest. */
  readonly errors: readonly FieldError[];
  readonly omitted: number;
  readonly subject: ErrorSubject | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    { cause, errors = [], omitted = 0, subject }: ErrorOptions = {},
  ) {
    super(shortened(message, LONGEST_MESSAGE), cause === undefined ? undefined : { cause });
    this.errors = errors.slice(0, MOST_ENTRIES).map(boundedEntry);
    this.omitted = omitted + errors.length - this.errors.length;
    this.subject = subject;
  }
}

function boundedEntry(entry: FieldError): FieldError {
  const { field, message } = entry;
  if (field.length <= LONGEST_ENTRY && message.length <= LONGEST_ENTRY) return entry;
  return { ...entry, field: shortened(field, LONGEST_ENTRY), message: shortened(message, LONGEST_ENTRY) };
}

/** What of an input an error is about, beside the message. */
export type ErrorPart = Omit<FieldError, 'message'> & Readonly<{ subject?: ErrorSubject }>;

/** An input, or the part of it that `field` names, is malformed. */
export function invalid(message: string, field?: string, part: Partial<ErrorPart> = {}): HeksherError {
  return new HeksherError('invalid', message, optionsOf(message, field === undefined ? undefined : { ...part, field }));
}

/** The `subject` of that name or id does not exist: `the setting "x" does not exist`. */
export function notFound(subject: ErrorSubject, name: string | number, part?: ErrorPart): HeksherError {
  const message = `the ${subject} ${typeof name === 'string' ? quoted(name) : name} does not exist`;
  const code = NOT_FOUND_CODES[subject];
  return new HeksherError('not_found', message, {
    ...optionsOf(message, { code, ...(part ?? ADDRESSES[subject]) }),
    subject,
  });
}

/** The request contradicts what is there. */
export function conflict(message: string, part?: ErrorPart): HeksherError {
  return new HeksherError('conflict', message, optionsOf(message, part));
}

/** The input is well-formed, but this state of the data does not allow it. */
export function notAcceptable(message: string, part: ErrorPart): HeksherError {
  return new HeksherError('not_acceptable_here', message, optionsOf(message, part));
}

function optionsOf(message: string, part: ErrorPart | undefined): ErrorOptions {
  if (part === undefined) return {};
  const { subject, ...entry } = part;
  return { errors: [{ ...entry, message }], subject };
}

const NOT_FOUND_CODES = {
  setting: 'setting_not_found',
  alias: 'alias_not_found',
  'context feature': 'context_feature_not_found',
  rule: 'rule_not_found',
  rollout: 'rollout_not_found',
} as const satisfies Record<ErrorSubject, ProblemCode>;

/** The parts of a request that usually name such things. */
const ADDRESSES = {
  setting: { field: 'name', parameter: 'name' },
  alias: { field: 'alias' },
  'context feature': { field: 'name', parameter: 'name' },
  rule: { field: 'id', parameter: 'id' },
  rollout: { field: 'id', parameter: 'id' },
} as const satisfies Record<ErrorSubject, ErrorPart>;

/** Collects the problems of an input, so that they are reported at once: the first MOST_ENTRIES, and the number of the rest. */
export class ProblemList {
  private readonly entries: FieldError[] = [];
  private count = 0;

  /** @param makeEntry called only where the entry is kept */
  add(makeEntry: () => FieldError): void {
    this.count += 1;
    if (this.entries.length < MOST_ENTRIES) this.entries.push(makeEntry());
  }

  /** Adds what `makeError` lists, called only where that is kept: to make very many errors takes seconds. */
  refuse(makeError: () => HeksherError): undefined {
    if (this.entries.length < MOST_ENTRIES) this.addFrom(makeError(), '');
    else this.count += 1;
    return undefined;
  }

  /** Takes over what an error `invalid` lists; anything else is thrown on. */
  addFrom(error: unknown, field: string): void {
    if (!(error instanceof HeksherError) || error.code !== 'invalid') throw error;
    const { errors, omitted, message } = error;
    for (const entry of errors.length === 0 ? [{ field, message }] : errors) this.add(() => entry);
    this.count += omitted;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** All of it as one error. */
  toError(code: ErrorCode = 'invalid'): HeksherError {
    const omitted = this.count - this.entries.length;
    const messages = this.entries.map(({ message }) => shortened(message, LONGEST_ENTRY));
    if (omitted > 0) messages.push(`and ${omitted} more problems`);
    return new HeksherError(code, messages.join('; '), { errors: this.entries, omitted });
  }

  throwIfAny(): void {
    if (!this.isEmpty) throw this.toError();
  }
}

/** Quotes a text for an error message: control characters escaped, truncated after 100 characters. */
export function quoted(text: string): string {
  return text.length > 100 ? `${JSON.stringify(text.slice(0, 100))}…` : JSON.stringify(text);
}

/** Truncates a text to `most` UTF-16 units and appends "…"; no surrogate pair is cut. */
export function shortened(text: string, most = 100): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)}…`;
}

/** Names for an error message, the first few of many: `"a", "b" and 9980 more`. */
export function listed(names: readonly string[], show: (name: string) => string = quoted, most = 10): string {
  const shown = names.slice(0, most).map(show).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

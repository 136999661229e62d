/** One thing that is wrong with one part of a request, as the service says it. */
export type ProblemEntry = Readonly<{
  field: string;
  message: string;
  code: string;
  /** RFC 6901: the member of the body. */
  pointer?: string;
  parameter?: string;
}> &
  Readonly<Record<string, unknown>>;

export type Problem = Readonly<{
  status: number;
  title?: string;
  detail: string;
  code: string;
  errors: readonly ProblemEntry[];
  /** Of a 412: what is there now, its tag, and its last change. */
  current?: unknown;
  etag?: string;
  changed?: unknown;
}>;

/** What the service refused, or that it did not answer (`status` 0). `message` is the service's own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** What the log of the service has the details under. */
    readonly requestId: string | undefined,
    /** When asking again may help, in seconds from then. */
    readonly retryAfterS?: number,
  ) {
    super(problem.detail);
  }

  /** Whether nothing is wrong with the request, so that the same one may succeed. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }

  /** The service's words for a member of the body, by the JSON Pointer to it; those for parts of it too. */
  messagesAt(pointer: string): readonly string[] {
    return this.problem.errors
      .filter((entry) => entry.pointer === pointer || entry.pointer?.startsWith(`${pointer}/`))
      .map(({ message }) => message);
  }

  /** What no control of a form shows, for its summary. */
  messagesBeside(pointers: readonly string[]): readonly string[] {
    const { errors } = this.problem;
    if (errors.length === 0) return [this.message];
    const isShown = (at: string | undefined): boolean =>
      at !== undefined && pointers.some((pointer) => at === pointer || at.startsWith(`${pointer}/`));
    return errors.filter(({ pointer }) => !isShown(pointer)).map(({ message }) => message);
  }
}

export function isApiError(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && (statuses.length === 0 || statuses.includes(error.status));
}

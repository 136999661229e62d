import { type ErrorCode, type ErrorSubject, HeksherError } from '@heksher/core';
import { isDatabaseUnavailable, pgErrorCode, refusalByDatabase, unavailableReason } from '@heksher/database';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { AccessError } from '../access/access-error.js';
import { type Caller, loggedCaller } from '../caller.js';
import { type Logger } from '../modules/logging/index.js';
import { PreconditionFailed } from '../precondition-failed.js';
import { RetryLater } from '../retry-later.js';
import { type AreaName, areaOf } from './areas.js';
import { callerOf, prefixOf } from './called-by.js';
import { boundedText, type UnderstoodError, writeProblem } from './problem-answer.js';
import { RateLimited } from './rate-limits.js';
import { Refused } from './refused.js';

/** Renders the errors of an area, as JSON. `path` is not decoded. */
export type ErrorRenderer = (
  path: string,
  problem: UnderstoodError,
  requestId: string,
) => Readonly<{ status: number; body: object }>;

const STATUS_OF = {
  invalid: 422,
  not_acceptable_here: 400,
  not_found: 404,
  conflict: 409,
  gone: 410,
  precondition_failed: 412,
  method_not_allowed: 405,
  too_large: 413,
  unauthenticated: 401,
  forbidden: 403,
  bad_credentials: 400,
  rate_limited: 429,
  unavailable: 503,
  doc_only: 500,
} satisfies Record<ErrorCode, number>;

type Problem = UnderstoodError & Readonly<{ subject?: ErrorSubject | undefined }>;

/** How long a client should wait before it asks again while the database does not answer, in seconds. */
const RETRY_AFTER_S = 1;

/** Turns every error into the one answer of the contract; what nobody expected is logged with its stack and answered 500. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  /**
   * @param renderers of the areas whose clients do not read problems
   * @param metadataUrl where it is said who issues tokens, if anywhere, by what the paths of this service begin with for the client
   */
  constructor(
    private readonly log: Logger,
    private readonly renderers: Readonly<Partial<Record<AreaName, ErrorRenderer>>>,
    private readonly metadataUrl: (prefix: string) => string | undefined,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const caller = callerOf(request);
    const problem = this.understand(error, caller);
    if (error instanceof AccessError)
      response.setHeader('WWW-Authenticate', challengeOf(error, this.metadataUrl(prefixOf(request))));
    if (problem.code === 'unavailable')
      response.setHeader('Retry-After', error instanceof RetryLater ? error.afterS : RETRY_AFTER_S);
    if (error instanceof RateLimited) response.setHeader('Retry-After', error.retryAfterS);
    const renderer = this.renderers[areaOf(request.path).name];
    if (renderer === undefined) {
      render(problem, request, response);
      return;
    }
    const { status, body } = renderer(request.path, problem, caller.request_id);
    response.status(status).json(body);
  }

  private understand(error: unknown, caller: Caller): Problem {
    if (error instanceof HeksherError) {
      const present = error instanceof PreconditionFailed ? error.present : undefined;
      return { ...fields(error), status: STATUS_OF[error.code], ...(present && { present }) };
    }
    if (isDatabaseUnavailable(error)) {
      this.log.warn('a request failed for want of the database', {
        error,
        pg_code: pgErrorCode(error),
        ...loggedCaller(caller),
      });
      return { code: 'unavailable', status: 503, message: unavailableReason(error), errors: [] };
    }
    const refusal = refusalByDatabase(error);
    if (refusal !== undefined) {
      this.log.warn('a constraint or trigger of the database refused a request', { error, ...loggedCaller(caller) });
      return { ...fields(refusal), status: STATUS_OF[refusal.code] };
    }
    if (error instanceof Refused) {
      return { code: undefined, status: error.status, message: error.message, errors: [] };
    }
    const status = clientErrorStatus(error);
    if (status !== undefined) return fromRim(status, error);
    this.log.error('a request failed in a way nobody expected', { error, ...loggedCaller(caller) });
    return { code: undefined, status: 500, message: 'internal error', errors: [] };
  }
}

/** RFC 6750, 3. No quotes or backslashes are in these texts, but those of a description. */
function challengeOf(
  { challenge: { error, description, scope } }: AccessError,
  metadataUrl: string | undefined,
): string {
  const parts = ['realm="heksher"'];
  if (metadataUrl !== undefined) parts.push(`resource_metadata="${metadataUrl}"`);
  if (error !== undefined) parts.push(`error="${error}"`);
  if (description !== undefined) parts.push(`error_description="${description.replace(/[^\x20-\x7e]|["\\]/g, "'")}"`);
  if (scope !== undefined) parts.push(`scope="${scope}"`);
  return `Bearer ${parts.join(', ')}`;
}

function fields(error: HeksherError): Omit<Problem, 'status'> {
  const { code, message, errors, omitted, subject } = error;
  return { code, message, errors, omitted, subject };
}

/** The 4xx that Nest, Express or a body parser has given an error, which is a client's fault then. */
function clientErrorStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function fromRim(status: number, error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  if (status === 404) return { code: 'not_found', status, message, errors: [] };
  if (status === 413) return { code: 'too_large', status, message: `the body is too large: ${message}`, errors: [] };
  // A path that cannot be decoded, a broken gzip body and the like: malformed input, as any other.
  if (status === 400) return { code: 'invalid', status: 422, message, errors: [{ field: 'request', message }] };
  return { code: undefined, status, message, errors: [] };
}

function render(problem: Problem, request: Request, response: Response): void {
  response.status(problem.status);
  const { request_id } = callerOf(request);
  // Today's clients read the detail of a 422, and of a trouble with an alias, from JSON without asking for it.
  if (problem.status === 422 || problem.subject === 'alias' || asksForJson(request)) {
    response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
    response.send(
      writeProblem(problem, {
        method: request.method,
        url: prefixOf(request) + request.originalUrl,
        requestId: request_id,
      }),
    );
    return;
  }
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  const suffix = problem.status >= 500 ? ` (request ${request_id})` : '';
  response.send(hasEmptyText(problem) ? '' : boundedText(problem.message, LONGEST_TEXT) + suffix);
}

const LONGEST_TEXT = 8_000;

/** Today's clients get no text with "no such rule" and "no such context feature". */
function hasEmptyText({ code, subject }: Problem): boolean {
  return code === 'not_found' && (subject === 'rule' || subject === 'context feature');
}

/** Whether `Accept` names JSON or a problem outright; `*\/*` does not, since bare clients send it. */
export function asksForJson(request: Request): boolean {
  return (request.get('accept') ?? '').split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (type !== 'application/json' && type !== 'application/problem+json') return false;
    return !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

import { STATUS_CODES } from 'node:http';
import {
  type ErrorCode,
  type FieldError,
  type ProblemCode,
  type RawJson,
  shortened,
  type Writable,
  writeJson,
} from '@heksher/core';
import { type PresentState } from '../precondition-failed.js';
import { pointerOf } from './parsed.js';

/** An error of any origin, once it is understood. */
export type UnderstoodError = Readonly<{
  code: ErrorCode | undefined;
  status: number;
  message: string;
  errors: readonly FieldError[];
  omitted?: number;
  present?: PresentState;
}>;

/** What of a request an answer about it repeats. */
export type ProblemContext = Readonly<{ method: string; url: string; requestId: string }>;

type Part = { readonly [member: string]: string | number | RawJson };

/** Maximum size of a problem; entries that do not fit are counted in `omitted`. */
export const MOST_BYTES = 8_192;
const LONGEST_DETAIL = 2_500;
const LONGEST_INSTANCE = 1_000;

const CODES = {
  invalid: 'malformed',
  not_acceptable_here: 'malformed',
  not_found: 'no_route',
  conflict: 'contradiction',
  gone: 'pruned',
  precondition_failed: 'precondition_failed',
  method_not_allowed: 'method_not_allowed',
  too_large: 'too_large',
  unauthenticated: 'unauthenticated',
  forbidden: 'not_allowed',
  bad_credentials: 'malformed',
  rate_limited: 'rate_limited',
  unavailable: 'unavailable',
  doc_only: 'doc_only',
} as const satisfies Record<ErrorCode, ProblemCode>;

/** The JSON of an error as a problem of RFC 9457. */
export function writeProblem(problem: UnderstoodError, { method, url, requestId }: ProblemContext): string {
  const { status } = problem;
  const parts = problem.errors.map((entry) => partAnswer(entry, method));
  const head = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: codeOf(problem),
    detail: boundedText(problem.message, LONGEST_DETAIL),
    instance: url.slice(0, LONGEST_INSTANCE),
    request_id: status >= 500 ? requestId : undefined,
    ...(problem.present && presentMembers(problem.present)),
  };
  const room = MOST_BYTES - Buffer.byteLength(writeJson(head)) - OVERHEAD;
  const errors = fitting(parts, room);
  const omitted = (problem.omitted ?? 0) + parts.length - errors.length;
  return writeJson({
    ...head,
    errors: status === 422 || errors.length > 0 ? errors : undefined,
    omitted: omitted > 0 ? omitted : undefined,
  });
}

/** A state that is too long is left to be read; its tag is there in any case. */
function presentMembers({ current, etag, changed }: PresentState): Record<string, Writable | undefined> {
  const fits = Buffer.byteLength(current.text) <= LONGEST_CURRENT;
  return { etag, changed, current: fits ? current : undefined };
}

const LONGEST_CURRENT = 3_000;

/** What the members `errors` and `omitted` take beside the entries. */
const OVERHEAD = 64;

/** One thing that is wrong, with where it is: a GET has parameters alone, a body else is what is pointed into. */
export function partAnswer({ field, message, code = 'malformed', ...entry }: FieldError, method = 'POST'): Part {
  return { field, message, code, ...placeOf(field, entry, method), ...entry.details };
}

function placeOf(field: string, { pointer, parameter }: Omit<FieldError, 'field' | 'message'>, method: string): Part {
  if (parameter !== undefined) return { parameter: boundedText(parameter, LONGEST_PLACE) };
  if (field === 'request') return {};
  if (method === 'GET' || method === 'HEAD') return { parameter: field };
  if (pointer !== undefined) return { pointer: boundedText(pointer, LONGEST_PLACE) };
  return { pointer: field === 'body' ? '' : pointerOf(field) };
}

const LONGEST_PLACE = 600;

/** The code that all its parts have, or that of its kind. */
function codeOf({ code, errors, status }: UnderstoodError): ProblemCode {
  const codes = new Set(errors.map((entry) => entry.code ?? 'malformed'));
  const [first] = codes;
  if (first !== undefined && codes.size === 1) return first;
  if (code !== undefined) return CODES[code];
  return status >= 500 ? 'internal_error' : 'unsupported';
}

/** The first items that fit into `room` bytes of JSON. */
export function fitting<Item extends Writable>(items: readonly Item[], room: number): readonly Item[] {
  let left = room;
  const end = items.findIndex((item) => (left -= Buffer.byteLength(writeJson(item)) + 1) < 0);
  return end === -1 ? items : items.slice(0, end);
}

/** Truncates a text to `mostBytes` bytes in JSON. */
export function boundedText(text: string, mostBytes: number): string {
  let most = Math.min(text.length, mostBytes);
  while (most > 0 && Buffer.byteLength(JSON.stringify(shortened(text, most))) > mostBytes)
    most = Math.floor(most * 0.8);
  return shortened(text, most);
}

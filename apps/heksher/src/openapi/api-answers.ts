import { STATUS_CODES } from 'node:http';
import { MOST_ENTRIES, PROBLEM_CODES, type ProblemCode } from '@heksher/core';
import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiProperty,
  ApiResponse,
  getSchemaPath,
  type HeadersObject,
  type MediaTypeObject,
} from '@nestjs/swagger';
import { ANY_JSON } from './api-schemas.js';

const CODES = `The kind of problem, which does not change between releases:

${Object.entries(PROBLEM_CODES)
  .map(([code, meaning]) => `- \`${code}\`: ${meaning}`)
  .join('\n')}`;

/** Values of a body by what each of them shows. */
export type Examples = Readonly<Record<string, unknown>>;

/** What an example of an error says: a message, and which part of the request it is about. */
export type ExampleMessage = string | ExampleProblem;

/** One thing that is wrong; without a field, it is about the request as a whole. */
export type ExampleProblem = Readonly<
  Partial<Omit<FieldProblem, 'code' | 'message'>> & { message: string; code?: ProblemCode }
>;

/** One message of an error, or several by what each is about. */
export type Messages = ExampleMessage | Readonly<Record<string, ExampleMessage>>;

/** One thing that is wrong with one part of a request. */
export class FieldProblem {
  @ApiProperty({ description: 'The member, parameter or header that is wrong.', example: 'version' })
  field!: string;

  @ApiProperty({ description: 'What was given, and what would be accepted.' })
  message!: string;

  @ApiProperty({ enum: Object.keys(PROBLEM_CODES), description: CODES, example: 'malformed' })
  code!: string;

  @ApiProperty({
    type: String,
    required: false,
    description: 'Where in the body it is, as a JSON pointer (RFC 6901); empty: the body itself.',
    example: '/variants/0/weight',
  })
  pointer?: string;

  @ApiProperty({ type: String, required: false, description: 'Or the parameter of the path or query that it is.' })
  parameter?: string;

  @ApiProperty({ type: 'integer', required: false, description: 'The rule that the message names.' })
  rule_id?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The rollout that the message names.' })
  rollout_id?: number;

  @ApiProperty({ type: String, required: false, description: 'The principal that the message names.' })
  principal_id?: string;

  @ApiProperty({ type: 'integer', required: false, description: 'The line of a body of lines, from 1.' })
  line?: number;

  @ApiProperty({ type: String, required: false, description: 'The setting that the message names.' })
  setting?: string;

  @ApiProperty({ type: String, required: false, description: 'The version that the setting has.' })
  latest_version?: string;

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'Of a change set: the place of the operation, from 0.',
  })
  operation?: number;

  @ApiProperty({ type: String, required: false, description: 'Of a change set: what the operation does.' })
  op?: string;

  @ApiProperty({
    ...ANY_JSON,
    required: false,
    description: 'What an operation expected; `null`: that there is nothing.',
  })
  expected?: unknown;

  @ApiProperty({ ...ANY_JSON, required: false, description: 'What is there in its place; `null`: nothing.' })
  actual?: unknown;

  @ApiProperty({
    ...ANY_JSON,
    required: false,
    description: 'What a thing was before what is to be taken back; `null`: nothing.',
  })
  before?: unknown;

  @ApiProperty({ ...ANY_JSON, required: false, description: 'What the thing is now; `null`: nothing.' })
  now?: unknown;

  @ApiProperty({ ...ANY_JSON, required: false, description: 'What became of a declaration.' })
  outcome?: object;

  @ApiProperty({ type: String, required: false, description: 'What was touched: `rule`, for instance.' })
  kind?: string;

  @ApiProperty({ type: 'integer', required: false, description: 'The revision that touched it.' })
  seq?: number;

  @ApiProperty({ type: String, required: false, description: 'When.' })
  at?: string;

  @ApiProperty({ type: String, required: false, description: 'By whom.' })
  actor?: string;

  @ApiProperty({ type: String, required: false, description: 'The state of the change set.' })
  state?: string;

  @ApiProperty({ type: 'integer', required: false, description: 'How many approvals the settings need.' })
  approvals_needed?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The oldest revision that can be asked for.' })
  oldest_seq?: number;

  @ApiProperty({ type: String, format: 'date-time', required: false, description: 'When that was.' })
  oldest_at?: string;

  @ApiProperty({ type: 'integer', required: false, description: 'The newest revision.' })
  newest_seq?: number;
}

/** An entry of the change log. */
export class ChangeMade {
  @ApiProperty({ type: 'integer', description: 'The revision that it made.', example: 42 })
  seq!: number;

  @ApiProperty({ type: 'string', format: 'date-time', description: 'When.', example: '2026-03-01T09:00:00.000Z' })
  at!: string;

  @ApiProperty({ description: 'Who: the caller, or the user of the database.', example: 'ana' })
  actor!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why, in the words of `Heksher-Message`.' })
  message!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The id of the request.' })
  request_id!: string | null;
}

/** An error as `application/problem+json` (RFC 9457). */
export class Problem {
  @ApiProperty({
    description: 'Always `about:blank`: the status and the code say what kind of problem it is.',
    example: 'about:blank',
  })
  type!: string;

  @ApiProperty({ description: "The status' name.", example: 'Not Found' })
  title!: string;

  @ApiProperty({ type: 'integer', description: 'The status of the answer.', example: 404 })
  status!: number;

  @ApiProperty({
    enum: Object.keys(PROBLEM_CODES),
    description: 'The code of all `errors`, or `malformed` where they differ. It does not change between releases.',
    example: 'setting_not_found',
  })
  code!: string;

  @ApiProperty({ description: 'What was given, and what would be accepted, for a person to read.' })
  detail!: string;

  @ApiProperty({
    maxLength: 1_000,
    description: 'The path and query that were asked for; the beginning of a long one.',
    example: '/api/v1/settings/cache_size',
  })
  instance!: string;

  @ApiProperty({
    type: () => [FieldProblem],
    required: false,
    maxItems: MOST_ENTRIES,
    description: 'Each thing that is wrong, the first of very many; with a 400, 404, 409 or 422.',
  })
  errors?: FieldProblem[];

  @ApiProperty({ type: 'integer', minimum: 1, required: false, description: 'How many more there were.' })
  omitted?: number;

  @ApiProperty({ ...ANY_JSON, required: false, description: 'With a 412: what is there now, as a read gives it.' })
  current?: unknown;

  @ApiProperty({ type: String, required: false, description: 'With a 412: the entity tag of what is there now.' })
  etag?: string;

  @ApiProperty({
    type: () => ChangeMade,
    required: false,
    description: 'With a 412: its newest entry in the change log, unless that was pruned.',
  })
  changed?: ChangeMade;

  @ApiProperty({ type: String, required: false, description: 'With a 5xx: the id under which to look in the log.' })
  request_id?: string;
}

/** The body that an operation takes. */
export function ApiJsonBody(model: Type, description: string, examples: Examples): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(model),
    ApiBody({
      required: true,
      description,
      schema: { $ref: getSchemaPath(model) },
      examples: toExamples(examples),
    }),
  );
}

/** An answer with a JSON body, of one of these models. */
export function ApiAnswer(
  status: number,
  model: Type | readonly Type[],
  description: string,
  examples: Examples,
  headers: HeadersObject = {},
): MethodDecorator {
  const models = typeof model === 'function' ? [model] : model;
  const references = models.map((one) => ({ $ref: getSchemaPath(one) }));
  const [only = {}, ...more] = references;
  const schema = more.length === 0 ? only : { anyOf: references };
  const content = { 'application/json': { schema, examples: toExamples(examples) } };
  return applyDecorators(ApiExtraModels(...models), ApiResponse({ status, description, content, headers }));
}

/** An answer without a body. */
export function ApiEmptyAnswer(status: number, description: string, headers: HeadersObject = {}): MethodDecorator {
  return ApiResponse({ status, description, headers });
}

/**
 * An error in its representations: a problem, and where `text` says so a text with the message, or with nothing in it.
 * @param content other media types that the same status comes with
 */
export function ApiError(
  status: number,
  description: string,
  messages: Messages,
  {
    text = status === 422 ? 'none' : 'message',
    content = {},
  }: { text?: 'message' | 'empty' | 'none'; content?: Readonly<Record<string, MediaTypeObject>> } = {},
): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(Problem),
    ApiResponse({ status, description, content: { ...content, ...errorContent(status, messages, text) } }),
  );
}

/** A JSON media type with a schema and examples, for `ApiError` of a status that has both. The model must be known. */
export function jsonContent(model: Type, examples: Examples): MediaTypeObject {
  return { schema: { $ref: getSchemaPath(model) }, examples: toExamples(examples) };
}

export function errorContent(
  status: number,
  messages: Messages,
  text: 'message' | 'empty' | 'none',
): Record<string, MediaTypeObject> {
  const list = Object.entries<ExampleMessage>(
    isMessage(messages) ? { [STATUS_CODES[status] ?? 'Error']: messages } : messages,
  );
  const problems = Object.fromEntries(list.map(([summary, message]) => [summary, problemExample(status, message)]));
  const problem = { schema: { $ref: getSchemaPath(Problem) }, examples: toExamples(problems) };
  if (text === 'none') return { 'application/problem+json': problem };
  const suffix = status >= 500 ? ` (request ${EXAMPLE_REQUEST_ID})` : '';
  const texts = text === 'empty' ? { 'No text': '' } : mapValues(list, (message) => messageOf(message) + suffix);
  const schema = { type: 'string', ...(text === 'empty' && { maxLength: 0 }) };
  return { 'text/plain': { schema, examples: toExamples(texts) }, 'application/problem+json': problem };
}

export const EXAMPLE_REQUEST_ID = '0c5d2b8e-7d0f-4d0e-9b6e-6a1f4f0f9a11';

function isMessage(messages: Messages): messages is ExampleMessage {
  return typeof messages === 'string' || 'message' in messages;
}

/** What else is known of the place of its errors, `completeDocument` adds. */
function problemExample(status: number, example: ExampleMessage): Omit<Problem, 'errors'> & { errors?: unknown[] } {
  const given: Partial<ExampleProblem> = typeof example === 'string' ? {} : example;
  const code = given.code ?? USUAL_CODES[status] ?? 'malformed';
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail: messageOf(example),
    instance: '',
    ...((given.field !== undefined || status === 422) && {
      errors: given.field === undefined ? [] : [{ ...given, code }],
    }),
    ...(status >= 500 && { request_id: EXAMPLE_REQUEST_ID }),
  };
}

const USUAL_CODES: Readonly<Record<number, ProblemCode>> = {
  404: 'no_route',
  410: 'pruned',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'unsupported',
  429: 'rate_limited',
  500: 'internal_error',
  503: 'unavailable',
};

function messageOf(message: ExampleMessage): string {
  return typeof message === 'string' ? message : message.message;
}

function mapValues<T, U>(entries: readonly [string, T][], change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]));
}

export function toExamples(examples: Examples): Record<string, { summary: string; value: unknown }> {
  return Object.fromEntries(Object.entries(examples).map(([summary, value]) => [summary, { summary, value }]));
}

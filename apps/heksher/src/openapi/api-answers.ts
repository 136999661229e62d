import { STATUS_CODES } from 'node:http';
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

/** Values of a body by what each of them shows. */
export type Examples = Readonly<Record<string, unknown>>;

/** One message of an error, or several by what each is about; a 422 also names the field. */
export type Messages = string | Readonly<Record<string, string | FieldProblem>>;

/** One thing that is wrong with one part of a request. */
export class FieldProblem {
  @ApiProperty({ description: 'The member, parameter or header that is wrong.', example: 'version' })
  field!: string;

  @ApiProperty({ description: 'What was given, and what would be accepted.' })
  message!: string;
}

/** An error as `application/problem+json` (RFC 9457). */
export class Problem {
  @ApiProperty({
    description: 'Always `about:blank`: the status says what kind of problem it is.',
    example: 'about:blank',
  })
  type!: string;

  @ApiProperty({ description: "The status' name.", example: 'Not Found' })
  title!: string;

  @ApiProperty({ type: 'integer', description: 'The status of the answer.', example: 404 })
  status!: number;

  @ApiProperty({ description: 'What was given, and what would be accepted, for a person to read.' })
  detail!: string;

  @ApiProperty({ description: 'The path and query that were asked for.', example: '/api/v1/settings/cache_size' })
  instance!: string;

  @ApiProperty({ type: () => [FieldProblem], required: false, description: 'With a 422: each thing that is wrong.' })
  errors?: FieldProblem[];

  @ApiProperty({ required: false, description: 'With a 5xx: the id under which the log tells more.' })
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

/** An answer with a JSON body. */
export function ApiAnswer(
  status: number,
  model: Type,
  description: string,
  examples: Examples,
  headers: HeadersObject = {},
): MethodDecorator {
  const content = { 'application/json': jsonContent(model, examples) };
  return applyDecorators(ApiExtraModels(model), ApiResponse({ status, description, content, headers }));
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
  const list = Object.entries(
    typeof messages === 'string' ? { [STATUS_CODES[status] ?? 'Error']: messages } : messages,
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

function problemExample(status: number, message: string | FieldProblem): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: messageOf(message),
    instance: '',
    ...(status === 422 && { errors: typeof message === 'string' ? [] : [message] }),
    ...(status >= 500 && { request_id: EXAMPLE_REQUEST_ID }),
  };
}

function messageOf(message: string | FieldProblem): string {
  return typeof message === 'string' ? message : message.message;
}

function mapValues<T, U>(entries: readonly [string, T][], change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]));
}

export function toExamples(examples: Examples): Record<string, { summary: string; value: unknown }> {
  return Object.fromEntries(Object.entries(examples).map(([summary, value]) => [summary, { summary, value }]));
}

import {
  type HeaderObject,
  type OperationObject,
  type ParameterObject,
  type ResponseObject,
  type ResponsesObject,
} from '@nestjs/swagger';
import { AS_OF } from '../as-of.js';
import { PAST_OPERATIONS } from '../http/as-of.js';
import { ApiError, errorContent, type ExampleProblem } from './api-answers.js';

const PARAMETER: ParameterObject = {
  name: AS_OF,
  in: 'query',
  description:
    'Answers as everything was then: after the revision of this number, or at this time (RFC 3339). In the middle of a transaction the state before it counts.',
  required: false,
  schema: { type: 'string' },
  examples: {
    'The present': { value: '' },
    'A revision': { value: '1042' },
    'A time': { value: '2026-03-01T09:00:00Z' },
  },
};

const HEADER: HeaderObject = {
  description: 'With `as_of`: the committed revision that the answer shows.',
  schema: { type: 'integer', minimum: 1 },
  example: 1042,
};

const PRUNED = 'is older than the change log: the oldest revision that it has is 1000, of 2026-02-01T09:00:00.000Z';

const pruned = (name: string): ExampleProblem => ({
  field: name,
  parameter: name,
  code: 'pruned',
  message: `${name} ${PRUNED}`,
  oldest_seq: 1000,
  oldest_at: '2026-02-01T09:00:00.000Z',
});

const WHY_PRUNED = 'That is longer ago than the change log reaches back; the oldest state there is is named.';

/** That a state is not there any more. */
export const ApiPruned = (name: string): MethodDecorator => ApiError(410, WHY_PRUNED, { 'Too long ago': pruned(name) });

/** What can be wrong with a parameter that names a state. */
export const BAD_AS_OF = (name: string): Readonly<Record<string, ExampleProblem>> => ({
  'The future': {
    field: name,
    parameter: name,
    code: 'in_future',
    message: `${name} is in the future: 2000; the newest revision is 1042, and it is 2026-03-01T09:00:00.000Z`,
    newest_seq: 1042,
  },
  'No revision or time': {
    field: name,
    parameter: name,
    message: `${name} must be the number of a revision, or an RFC 3339 time such as 2026-03-01T09:00:00Z; given: "yesterday"`,
  },
});

const OPERATIONS: ReadonlySet<string> = new Set(PAST_OPERATIONS);

/** Adds what operations have in common that can be asked of the past. */
export function withPast(method: string, path: string, operation: OperationObject): OperationObject {
  if (!OPERATIONS.has(`${method.toUpperCase()} ${path}`)) return operation;
  const isOfrep = path.startsWith('/ofrep/');
  const answers = Object.entries(operation.responses).map(([status, answer]): [string, ResponsesObject[string]] => {
    const isRead = status.startsWith('2') || status === '304';
    if (answer === undefined || '$ref' in answer) return [status, answer];
    if (isRead) return [status, { ...answer, headers: { ...answer.headers, 'Heksher-As-Of': HEADER } }];
    return [status, answer];
  });
  const responses = Object.fromEntries(answers) as ResponsesObject;
  return {
    ...operation,
    parameters: [...(operation.parameters ?? []), PARAMETER],
    responses: isOfrep
      ? { ...responses, 410: ofrepPruned(responses[400] as ResponseObject | undefined, path) }
      : {
          422: badAsOf(),
          ...responses,
          410: { description: WHY_PRUNED, content: errorContent(410, { 'Too long ago': pruned(AS_OF) }, 'message') },
        },
  };
}

function badAsOf(): ResponseObject {
  const description = '`as_of` is malformed, or of the future.';
  return { description, content: errorContent(422, BAD_AS_OF(AS_OF), 'none') };
}

/** As the other errors of the protocol. */
function ofrepPruned(like: ResponseObject | undefined, path: string): ResponseObject {
  const schema = like?.content?.['application/json']?.schema;
  const errorDetails = `${AS_OF} ${PRUNED}`;
  const value = { ...(path.endsWith('{key}') && { key: 'new_checkout' }), errorCode: 'GENERAL', errorDetails };
  const examples = { 'Too long ago': { summary: 'Too long ago', value } };
  return { description: WHY_PRUNED, content: { 'application/json': { ...(schema && { schema }), examples } } };
}

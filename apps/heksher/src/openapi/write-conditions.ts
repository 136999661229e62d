import {
  type HeaderObject,
  type OperationObject,
  type ParameterObject,
  type ReferenceObject,
  type ResponseObject,
  type ResponsesObject,
} from '@nestjs/swagger';
import { LONGEST_MESSAGE } from '../http/message.js';
import { commonAnswer } from './common-answers.js';

const EXAMPLE_ETAG = '"Xl0rB3mJ6oYhF1u2c9aKpQwEz7_"';

const ETAG: HeaderObject = {
  description: 'The tag of this content, for `If-None-Match` of reads and `If-Match` of writes.',
  required: true,
  schema: { type: 'string', pattern: '^"[\\w-]+"$' },
  example: EXAMPLE_ETAG,
};

const REVISION: HeaderObject = {
  description:
    'The state that the write left: `<seq>-<first 8 characters of the token>`, of which the number grows with every write.',
  schema: { type: 'string', pattern: '^[0-9]+-[0-9a-f]{8}$' },
  example: '42-9f1c2d3e',
};

const IF_NONE_MATCH: ParameterObject = {
  name: 'If-None-Match',
  in: 'header',
  description: 'Entity tags of answers you have, or `*` (RFC 9110).',
  required: false,
  schema: { type: 'string', example: EXAMPLE_ETAG },
};

const IF_MATCH: ParameterObject = {
  name: 'If-Match',
  in: 'header',
  description:
    'The entity tag of what you have read, or a list of tags, or `*`: the write is carried out only where that is still there.',
  required: false,
  schema: { type: 'string', example: '*' },
};

const MESSAGE: ParameterObject = {
  name: 'Heksher-Message',
  in: 'header',
  description: `Why: one line of at most ${LONGEST_MESSAGE} characters for the change log, percent-encoded UTF-8 where it is not ASCII.`,
  required: false,
  schema: { type: 'string', example: 'more room for the sale' },
};

/** They add something that nobody can have seen. */
const CREATING = new Set(['POST /api/v1/rules', 'POST /api/v1/rollouts', 'POST /api/v1/settings/declare']);

/** They change nothing. */
const COMPUTING = new Set(['POST /api/v1/evaluate']);

/** Adds what all reads and writes of the API have in common: entity tags, conditions, messages, revisions. */
export function withConditions(method: string, path: string, operation: OperationObject): OperationObject {
  const name = `${method.toUpperCase()} ${path}`;
  if (!path.startsWith('/api/v1/') || COMPUTING.has(name)) return operation;
  return method === 'get' ? readWithTag(operation) : writeOnCondition(operation, !CREATING.has(name));
}

function readWithTag(operation: OperationObject): OperationObject {
  const { parameters = [], responses } = operation;
  const found = responses[200];
  if (found === undefined || '$ref' in found || found.headers?.['ETag'] !== undefined) return operation;
  return {
    ...operation,
    parameters: [...parameters, IF_NONE_MATCH],
    responses: {
      ...responses,
      200: withHeader(found, 'ETag', ETAG),
      304: { description: 'It is as in the answer with a tag of `If-None-Match`.', headers: { ETag: ETAG } },
    },
  };
}

function writeOnCondition(operation: OperationObject, hasState: boolean): OperationObject {
  const { parameters = [], responses } = operation;
  const answers = Object.entries(responses).map(([status, answer]): [string, ResponseObject | ReferenceObject] =>
    answer === undefined || !status.startsWith('2') || '$ref' in answer
      ? [status, answer ?? { description: '' }]
      : [status, withHeader(answer, 'Heksher-Revision', REVISION)],
  );
  return {
    ...operation,
    parameters: [...parameters, ...(hasState ? [IF_MATCH] : []), MESSAGE],
    responses: { ...(Object.fromEntries(answers) as ResponsesObject), 412: commonAnswer('PreconditionFailed') },
  };
}

function withHeader(answer: ResponseObject, name: string, header: HeaderObject): ResponseObject {
  return { ...answer, headers: { ...answer.headers, [name]: header } };
}

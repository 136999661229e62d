import { member } from '@heksher/core';
import { type OperationObject, type ResponseObject, type SchemaObject } from '@nestjs/swagger';
import { errorContent, type ExampleProblem } from './api-answers.js';

const NOT_JSON = {
  field: 'body',
  code: 'not_json',
  message: 'the body is not JSON: expected a value at position 0, found the end',
} as const;

const BAD_VERSION = {
  field: 'version',
  message: '"one" is not a version; accepted: MAJOR.MINOR, two whole numbers of at most 9 digits, such as 1.0',
};

const UNDECODABLE = { message: "Failed to decode param '%zz'" };

/** The 422 of an operation that describes none of its own: what can be malformed of the parts that it has. */
export function invalidAnswer(path: string, operation: OperationObject, schemas: object): ResponseObject {
  const examples: Record<string, ExampleProblem> = {};
  const subject = /^\/api\/v1\/(rule|rollout)s\/\{id\}/.exec(path)?.[1];
  if (subject !== undefined) {
    const message = `a ${subject} id must be an integer, not "seven"`;
    examples['An id that is no integer'] = { field: 'id', message };
  } else if (path.includes('{')) examples['A path that cannot be decoded'] = UNDECODABLE;
  if (path.endsWith('/{key}') && operation.requestBody !== undefined) {
    const message = '"a b" cannot be a key of metadata: 1 to 255 letters a-z and A-Z, digits, "_" and "-"';
    examples['A key that can be none'] = { field: 'key', message };
  }
  if (hasVersion(operation, schemas)) examples['A malformed version'] = BAD_VERSION;
  if (operation.requestBody !== undefined) examples['A body that is not JSON'] = NOT_JSON;
  const description = 'Something in the request is malformed.';
  return { description, content: errorContent(422, examples, 'none') };
}

function hasVersion({ requestBody }: OperationObject, schemas: object): boolean {
  const content = member(requestBody, 'content');
  const reference = member(member(member(content, 'application/json'), 'schema'), '$ref');
  const schema = member(schemas, String(reference).replace(/.*\//, '')) as SchemaObject | undefined;
  return member(schema?.properties, 'version') !== undefined;
}

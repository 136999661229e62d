import {
  type OpenAPIObject,
  type OperationObject,
  type ParameterObject,
  type PathItemObject,
  type ReferenceObject,
  type ResponseObject,
  type ResponsesObject,
} from '@nestjs/swagger';
import { SHARED_SCHEMAS } from '../../http/api-schemas.js';
import { COMMON_ANSWERS, commonAnswer, OTHER_ANSWERS, REQUEST_ID_HEADER } from './common-answers.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const satisfies readonly (keyof PathItemObject)[];

/**
 * Adds to a document, as the controllers describe it, what holds of all operations: the errors that each of them may
 * answer, the headers that all answers carry, and the paths in the examples of problems.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => [path, completePath(path, item)]);
  const responses = Object.entries(COMMON_ANSWERS).map(([name, answer]) => [
    name,
    completeAnswer(answer, '/api/v1/settings/cache_size'),
  ]);
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...SHARED_SCHEMAS },
      responses: Object.fromEntries(responses),
      headers: { RequestId: REQUEST_ID_HEADER },
    },
    'x-other-answers': OTHER_ANSWERS,
  } as OpenAPIObject;
}

function completePath(path: string, item: PathItemObject): PathItemObject {
  const completed = { ...item };
  for (const method of METHODS) {
    const operation = item[method];
    if (operation !== undefined) completed[method] = completeOperation(path, operation);
  }
  return completed;
}

function completeOperation(path: string, operation: OperationObject): OperationObject {
  const responses: ResponsesObject = { ...commonAnswers(path, operation), ...operation.responses };
  const instance = examplePath(path, operation.parameters ?? []);
  const completed = Object.entries(responses).flatMap(([status, answer]) =>
    answer === undefined ? [] : [[status, '$ref' in answer ? answer : completeAnswer(answer, instance)] as const],
  );
  return { ...operation, responses: Object.fromEntries(completed) };
}

/** A health check tells of the database in its own way; all else needs it. */
function commonAnswers(path: string, { parameters = [], requestBody }: OperationObject): ResponsesObject {
  const hasBody = requestBody !== undefined;
  return {
    ...(hasBody && { 413: commonAnswer('TooLarge'), 415: commonAnswer('UnsupportedEncoding') }),
    ...((hasBody || parameters.length > 0) && { 422: commonAnswer('Invalid') }),
    ...(path.startsWith('/api/v1/') && { 500: commonAnswer('InternalError'), 503: commonAnswer('Unavailable') }),
  };
}

function completeAnswer(answer: ResponseObject, instance: string): ResponseObject {
  const { content, headers, description } = answer;
  const requestId: ReferenceObject = { $ref: '#/components/headers/RequestId' };
  return {
    description,
    headers: { 'X-Request-Id': requestId, ...headers },
    ...(content !== undefined && { content: withInstance(content, instance) }),
  };
}

function withInstance(content: NonNullable<ResponseObject['content']>, instance: string): typeof content {
  const problem = content['application/problem+json'];
  if (problem?.examples === undefined) return content;
  const examples = Object.entries(problem.examples).map(([name, example]) => {
    if (!('value' in example) || typeof example.value !== 'object') return [name, example];
    return [name, { ...example, value: { ...example.value, instance } as unknown }];
  });
  return { ...content, 'application/problem+json': { ...problem, examples: Object.fromEntries(examples) } };
}

/** The path with the examples of its parameters in their places. */
function examplePath(path: string, parameters: readonly (ParameterObject | ReferenceObject)[]): string {
  return path.replace(/\{(\w+)\}/g, (placeholder, name) => {
    const parameter = parameters.find((candidate) => 'name' in candidate && candidate.name === name);
    return parameter !== undefined && 'example' in parameter ? String(parameter.example) : placeholder;
  });
}

import {
  type ContentObject,
  type ExamplesObject,
  type OpenAPIObject,
  type OperationObject,
  type ParameterObject,
  type PathItemObject,
  type ReferenceObject,
  type ResponseObject,
  type ResponsesObject,
} from '@nestjs/swagger';
import { SHARED_SCHEMAS } from './api-schemas.js';
import {
  CACHE_CONTROL_HEADER,
  COMMON_ANSWERS,
  commonAnswer,
  OTHER_ANSWERS,
  REQUEST_ID_HEADER,
} from './common-answers.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const satisfies readonly (keyof PathItemObject)[];

/**
 * Adds to a document, as the controllers describe it, what holds of all operations: the errors that each of them may
 * answer, the headers that all answers carry, and the paths in the examples of problems.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => [path, completePath(path, item)]);
  const completed = {
    ...document,
    paths: Object.fromEntries(paths) as OpenAPIObject['paths'],
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...SHARED_SCHEMAS },
      responses: completeAnswers(COMMON_ANSWERS, EXAMPLE_INSTANCE),
      headers: { RequestId: REQUEST_ID_HEADER, CacheControl: CACHE_CONTROL_HEADER },
    },
    'x-other-answers': completeAnswers(OTHER_ANSWERS, EXAMPLE_INSTANCE),
  };
  return completed;
}

const EXAMPLE_INSTANCE = '/api/v1/settings/cache_size';

function completePath(path: string, item: PathItemObject): PathItemObject {
  const completed = { ...item };
  for (const method of METHODS) {
    const operation = item[method];
    if (operation !== undefined) completed[method] = completeOperation(path, operation, method !== 'get');
  }
  return completed;
}

/** @param isUnsafe whether it is refused to pages of other origins */
function completeOperation(path: string, operation: OperationObject, isUnsafe: boolean): OperationObject {
  const responses: ResponsesObject = {
    ...commonAnswers(path, operation),
    ...(isUnsafe && !path.startsWith('/ofrep/') && { 403: commonAnswer('Forbidden') }),
    ...operation.responses,
  };
  const instance = examplePath(path, operation.parameters ?? []);
  const completed = completeAnswers(responses, instance);
  return { ...operation, responses: isUnsafe ? completed : withCacheControl(completed) };
}

/** A health check tells of the database in its own way; all else needs it. */
function commonAnswers(path: string, { parameters = [], requestBody }: OperationObject): ResponsesObject {
  // Errors of this protocol have a body of their own, which its operations tell of themselves.
  if (path.startsWith('/ofrep/')) return {};
  const hasBody = requestBody !== undefined;
  return {
    ...(hasBody && { 413: commonAnswer('TooLarge'), 415: commonAnswer('UnsupportedEncoding') }),
    ...((hasBody || parameters.length > 0) && { 422: commonAnswer('Invalid') }),
    ...(path.startsWith('/api/v1/') && { 500: commonAnswer('InternalError'), 503: commonAnswer('Unavailable') }),
  };
}

function completeAnswers(answers: ResponsesObject, instance: string): Record<string, ResponseObject | ReferenceObject> {
  const completed: Record<string, ResponseObject | ReferenceObject> = {};
  for (const [key, answer] of Object.entries(answers)) {
    if (answer !== undefined) completed[key] = '$ref' in answer ? answer : completeAnswer(answer, instance);
  }
  return completed;
}

function withCacheControl(answers: Readonly<Record<string, ResponseObject | ReferenceObject>>): ResponsesObject {
  const cacheControl: ReferenceObject = { $ref: '#/components/headers/CacheControl' };
  const entries = Object.entries(answers).map(([status, answer]) =>
    // Answers that several operations share are also those of writes.
    '$ref' in answer
      ? [status, answer]
      : [status, { ...answer, headers: { 'Cache-Control': cacheControl, ...answer.headers } }],
  );
  return Object.fromEntries(entries) as ResponsesObject;
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

function withInstance(content: ContentObject, instance: string): ContentObject {
  const problem = content['application/problem+json'];
  if (problem?.examples === undefined) return content;
  const examples: ExamplesObject = {};
  for (const [name, example] of Object.entries(problem.examples)) {
    const value: unknown = 'value' in example ? example.value : undefined;
    examples[name] =
      typeof value === 'object' && value !== null ? { ...example, value: { ...value, instance } } : example;
  }
  return { ...content, 'application/problem+json': { ...problem, examples } };
}

/** The path with the examples of its parameters in their places. */
function examplePath(path: string, parameters: readonly (ParameterObject | ReferenceObject)[]): string {
  return path.replace(/\{(\w+)\}/g, (placeholder, name) => {
    const parameter = parameters.find((candidate) => 'name' in candidate && candidate.name === name);
    const schema = parameter !== undefined && 'schema' in parameter ? parameter.schema : undefined;
    return schema !== undefined && 'example' in schema ? String(schema.example) : placeholder;
  });
}

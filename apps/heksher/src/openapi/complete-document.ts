import { member } from '@heksher/core';
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
import { ACTIONS, scopeOf } from '../access/grants.js';
import { requirementOf } from '../access/operations.js';
import { pointerOf } from '../http/parsed.js';
import { SHARED_SCHEMAS } from './api-schemas.js';
import { type DocumentAccess, type LoginEndpoints, securityOf } from './document-access.js';
import { harmless } from './harmless-examples.js';
import { invalidAnswer } from './invalid-answer.js';
import { withLineBodies } from './line-bodies.js';
import { withPast } from './past-parameter.js';
import { withConditions } from './write-conditions.js';
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
export function completeDocument(
  document: OpenAPIObject,
  access: DocumentAccess,
  login: LoginEndpoints | undefined,
): OpenAPIObject {
  const schemas = document.components?.schemas ?? {};
  const requirementsOf = (method: string, path: string) =>
    securityOf(requirementOf(method.toUpperCase(), path), access, login !== undefined);
  const paths = Object.entries(document.paths).map(([path, item]) => [
    path,
    completePath(path, item, schemas, requirementsOf),
  ]);
  const completed = {
    ...document,
    paths: Object.fromEntries(paths) as OpenAPIObject['paths'],
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...SHARED_SCHEMAS },
      responses: completeAnswers(COMMON_ANSWERS, EXAMPLE_REQUEST),
      headers: { RequestId: REQUEST_ID_HEADER, CacheControl: CACHE_CONTROL_HEADER },
      securitySchemes: securitySchemesOf(login),
    },
    'x-other-answers': completeAnswers(OTHER_ANSWERS, EXAMPLE_REQUEST),
  };
  return completed;
}

const KEY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key (`hk_…`) or an access token, where access is controlled.',
  },
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key, as clients of OFREP send it.' },
} as const satisfies NonNullable<OpenAPIObject['components']>['securitySchemes'];

/** @param login where people log in; undefined: nowhere */
function securitySchemesOf(login: LoginEndpoints | undefined) {
  if (login === undefined) return KEY_SCHEMES;
  const scopes = Object.fromEntries(
    ACTIONS.map((action) => [scopeOf(action), `The grant \`${action}\`, on all settings`]),
  );
  const description = 'Logs you in at the issuer of access tokens, by the authorization code flow with PKCE.';
  return {
    ...KEY_SCHEMES,
    login: { type: 'oauth2' as const, description, flows: { authorizationCode: { ...login, scopes } } },
  };
}

/** The request that examples of problems are about: its path, and the names of its parameters. */
type ExampleRequest = Readonly<{ instance: string; parameters: ReadonlySet<string> }>;

const EXAMPLE_REQUEST: ExampleRequest = { instance: '/api/v1/settings/cache_size', parameters: new Set() };

function nameOf(parameter: ParameterObject | ReferenceObject): string[] {
  return 'name' in parameter ? [parameter.name] : [];
}

function completePath(
  path: string,
  item: PathItemObject,
  schemas: object,
  requirementsOf: (method: string, path: string) => NonNullable<OperationObject['security']>,
): PathItemObject {
  const completed = { ...item };
  for (const method of METHODS) {
    const operation = item[method];
    if (operation === undefined) continue;
    const described = method === 'get' ? operation : harmless(path, operation);
    const conditional = withConditions(method, path, withPast(method, path, withLineBodies(described)));
    const isWrite = method !== 'get' && requirementOf(method.toUpperCase(), path)?.action !== 'evaluate';
    const answered = isWrite ? withRefusal(conditional) : conditional;
    completed[method] = {
      ...completeOperation(path, answered, schemas, method !== 'get'),
      security: requirementsOf(method, path),
    };
  }
  return completed;
}

function withRefusal(operation: OperationObject): OperationObject {
  return { ...operation, responses: { 409: commonAnswer('Refused'), ...operation.responses } };
}

/** @param isUnsafe whether it is refused to pages of other origins */
function completeOperation(
  path: string,
  operation: OperationObject,
  schemas: object,
  isUnsafe: boolean,
): OperationObject {
  const isGuarded = path.startsWith('/api/v1/');
  const responses: ResponsesObject = {
    ...commonAnswers(path, operation, schemas),
    ...(isGuarded && {
      400: commonAnswer('BadCredentials'),
      401: commonAnswer('Unauthorized'),
      403: commonAnswer('Forbidden'),
      429: commonAnswer('TooManyRequests'),
    }),
    ...(isUnsafe && !path.startsWith('/ofrep/') && { 403: commonAnswer('Forbidden') }),
    ...operation.responses,
  };
  const parameters = operation.parameters ?? [];
  const example = { instance: examplePath(path, parameters), parameters: new Set(parameters.flatMap(nameOf)) };
  const completed = completeAnswers(responses, example);
  return { ...operation, responses: isUnsafe ? completed : withCacheControl(completed) };
}

/** Health checks report the database themselves; all other operations need it. */
function commonAnswers(path: string, operation: OperationObject, schemas: object): ResponsesObject {
  const { requestBody } = operation;
  // A malformed If-None-Match names nothing.
  const parameters = (operation.parameters ?? []).filter((one) => !nameOf(one).includes('If-None-Match'));
  // Errors of this protocol have bodies of their own, which its operations describe.
  if (path.startsWith('/ofrep/')) return {};
  const hasBody = requestBody !== undefined;
  return {
    ...(hasBody && { 413: commonAnswer('TooLarge'), 415: commonAnswer('UnsupportedEncoding') }),
    ...((hasBody || parameters.length > 0) && { 422: invalidAnswer(path, operation, schemas) }),
    ...(path.startsWith('/api/v1/') && { 500: commonAnswer('InternalError'), 503: commonAnswer('Unavailable') }),
  };
}

function completeAnswers(
  answers: ResponsesObject,
  example: ExampleRequest,
): Record<string, ResponseObject | ReferenceObject> {
  const completed: Record<string, ResponseObject | ReferenceObject> = {};
  for (const [key, answer] of Object.entries(answers)) {
    if (answer !== undefined) completed[key] = '$ref' in answer ? answer : completeAnswer(answer, example);
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

function completeAnswer(answer: ResponseObject, example: ExampleRequest): ResponseObject {
  const { content, headers, description } = answer;
  const requestId: ReferenceObject = { $ref: '#/components/headers/RequestId' };
  return {
    description,
    headers: { 'X-Request-Id': requestId, ...headers },
    ...(content !== undefined && { content: withPlaces(content, example) }),
  };
}

/** Adds to each example of a problem the request it answers and the places of its errors. */
function withPlaces(content: ContentObject, { instance, parameters }: ExampleRequest): ContentObject {
  const problem = content['application/problem+json'];
  if (problem?.examples === undefined) return content;
  const examples: ExamplesObject = {};
  for (const [name, example] of Object.entries(problem.examples)) {
    const value: unknown = 'value' in example ? example.value : undefined;
    const errors: unknown = member(value, 'errors');
    const placed = Array.isArray(errors) && { errors: errors.map((entry: object) => withPlace(entry, parameters)) };
    examples[name] =
      typeof value === 'object' && value !== null ? { ...example, value: { ...value, instance, ...placed } } : example;
  }
  return { ...content, 'application/problem+json': { ...problem, examples } };
}

function withPlace(entry: object, parameters: ReadonlySet<string>): object {
  if ('pointer' in entry || 'parameter' in entry || !('field' in entry)) return entry;
  const field = String(entry.field);
  if (parameters.has(field)) return { ...entry, parameter: field };
  return { ...entry, pointer: field === 'body' ? '' : pointerOf(field) };
}

/** The path with the examples of its parameters in their places. */
function examplePath(path: string, parameters: readonly (ParameterObject | ReferenceObject)[]): string {
  return path.replace(/\{(\w+)\}/g, (placeholder, name) => {
    const parameter = parameters.find((candidate) => 'name' in candidate && candidate.name === name);
    const schema = parameter !== undefined && 'schema' in parameter ? parameter.schema : undefined;
    return schema !== undefined && 'example' in schema ? String(schema.example) : placeholder;
  });
}

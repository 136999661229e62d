import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ValidateFunction } from 'ajv';
import { type Answer } from './answer.js';
import { keyOf } from './schema-key.js';

/** As much of an OpenAPI document as the tests look at. Member names are those of OpenAPI. */
export type OpenApiDocument = Readonly<{
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: Readonly<{
    schemas: Readonly<Record<string, object>>;
    responses: Readonly<Record<string, Response>>;
    headers: Readonly<Record<string, Header>>;
  }>;
  'x-other-answers': Readonly<Record<string, Response | Reference>>;
}>;
export type Operation = Readonly<{
  operationId?: string;
  summary?: string;
  description?: string;
  parameters?: readonly Readonly<{
    name: string;
    in: string;
    description?: string;
    schema?: object;
    examples?: object;
  }>[];
  requestBody?: Readonly<{ content: Readonly<Record<string, MediaType>> }>;
  responses: Readonly<Record<string, Response | Reference>>;
}>;
export type Response = Readonly<{
  description: string;
  headers?: Readonly<Record<string, Header | Reference>>;
  content?: Readonly<Record<string, MediaType>>;
}>;
export type MediaType = Readonly<{ schema: object; examples?: Readonly<Record<string, Readonly<{ value: unknown }>>> }>;
type Header = Readonly<{ required?: boolean; schema: object }>;
type Reference = Readonly<{ $ref: string }>;

/** The document that every service of this build serves, with validators of its schemas by `keyOf`, as write-document.js has prepared them. */
type Described = Readonly<{ document: OpenApiDocument; validators: ReadonlyMap<string, ValidateFunction> }>;
let described: Promise<Described> | undefined;

export function describedAnswers(): Promise<Described> {
  return (described ??= loadDescribed(process.env['HEKSHER_TEST_DOCUMENT'] ?? ''));
}

async function loadDescribed(folder: string): Promise<Described> {
  const document = JSON.parse(readFileSync(join(folder, 'openapi.json'), 'utf8')) as OpenApiDocument;
  const module = (await import(pathToFileURL(join(folder, 'validators.mjs')).href)) as Pick<Described, 'validators'>;
  return { document, validators: module.validators };
}

/** Served beside the API, and not part of the document. */
const PAGES = /^\/((docs|redoc|console|openapi\.json)(\/|$)|$)/;

/** Answers of Node's HTTP server itself, before any of ours: a request line or headers that are too long. */
const NODES_OWN = 431;

/**
 * That an answer is one that the document tells of: its status, content type, body and headers. An answer to a path that
 * is not in the document must be among those of the document for such paths.
 * @throws Error that tells the request and what is wrong with the answer
 */
export function assertAnswerMatchesDocument(described: Described, method: string, path: string, answer: Answer): void {
  const { pathname } = new URL(`http://service${path}`);
  if (PAGES.test(pathname) || answer.status === NODES_OWN) return;
  const problem = problemOf(described, method.toUpperCase(), pathname, answer);
  if (problem === undefined) return;
  const shown = answer.text.length > 500 ? `${answer.text.slice(0, 500)}…` : answer.text;
  throw new Error(`${method} ${path} answers other than the document says: ${problem}\n${answer.status} ${shown}`);
}

function problemOf(described: Described, method: string, pathname: string, answer: Answer): string | undefined {
  const { document } = described;
  const item = findPath(document, pathname);
  const operation = item?.[method === 'HEAD' ? 'get' : method.toLowerCase()];
  if (operation === undefined && item !== undefined && answer.status === 405) {
    const methods = Object.keys(item).flatMap((served) =>
      served === 'get' ? ['GET', 'HEAD'] : [served.toUpperCase()],
    );
    const allow = answer.headers.get('allow');
    if (allow !== methods.sort().join(', ')) return `Allow is ${allow}, but the methods are ${methods.join(', ')}`;
  }
  const response = documentedResponse(document, operation, answer.status);
  if (response === undefined) return `the status ${answer.status} is not documented`;
  return headerProblem(described, response, answer) ?? bodyProblem(described, response, method, answer);
}

/** A body that cannot be read is refused before it is known whether the operation takes one. */
function documentedResponse(
  document: OpenApiDocument,
  operation: Operation | undefined,
  status: number,
): Response | undefined {
  const others = document['x-other-answers'];
  if (operation === undefined) return dereferenced(document, others[status]);
  const isUnreadBody = operation.requestBody === undefined && [413, 415, 422].includes(status);
  return dereferenced(document, operation.responses[status] ?? (isUnreadBody ? others[status] : undefined));
}

/** A slash at the end is ignored; a literal path goes before one with parameters. */
function findPath(document: OpenApiDocument, pathname: string): Readonly<Record<string, Operation>> | undefined {
  const matching = Object.entries(document.paths).filter(([template]) => matcherOf(template).test(pathname));
  matching.sort(([left], [right]) => left.split('{').length - right.split('{').length);
  // Two templates such as /rules/search and /rules/{id} share an address, each with methods of its own.
  return matching.length === 0
    ? undefined
    : Object.fromEntries(matching.reverse().flatMap(([, item]) => Object.entries(item)));
}

const matchers = new Map<string, RegExp>();

function matcherOf(template: string): RegExp {
  const known = matchers.get(template);
  if (known !== undefined) return known;
  const matcher = new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`);
  matchers.set(template, matcher);
  return matcher;
}

function headerProblem(described: Described, response: Response, answer: Answer): string | undefined {
  const { document } = described;
  for (const [name, reference] of Object.entries(response.headers ?? {})) {
    const header = '$ref' in reference ? document.components.headers[lastPart(reference)] : reference;
    const value = answer.headers.get(name);
    if (value === null && header?.required) return `the header ${name} is missing`;
    if (value === null || header === undefined) continue;
    const isNumber = 'type' in header.schema && header.schema.type === 'integer';
    const problem = schemaProblem(validatorOf(described, header.schema), isNumber ? Number(value) : value);
    if (problem !== undefined) return `the header ${name}: ${problem}`;
  }
  return undefined;
}

function bodyProblem(described: Described, { content }: Response, method: string, answer: Answer): string | undefined {
  if (method === 'HEAD') return answer.text === '' ? undefined : 'an answer to HEAD has a body';
  const contentType = answer.headers.get('content-type');
  if (content === undefined) {
    return answer.text === '' && contentType === null
      ? undefined
      : `there is a body, or a content type (${contentType})`;
  }
  const type = contentType?.replace(/;.*/, '').trim() ?? 'none';
  const media = content[type];
  if (media === undefined) return `the content type ${type} is not among ${Object.keys(content).join(', ')}`;
  return schemaProblem(validatorOf(described, media.schema), /[/+]json$/.test(type) ? answer.body : answer.text);
}

/** What is wrong with a value by the schema of a validator. */
export function schemaProblem(validate: ValidateFunction, value: unknown): string | undefined {
  if (validate(value)) return undefined;
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'it'} ${message}`).join('; ');
}

function validatorOf({ validators }: Described, schema: object): ValidateFunction {
  const validate = validators.get(keyOf(schema));
  if (validate === undefined) throw new Error(`no validator was made for ${keyOf(schema)}`);
  return validate;
}

export function dereferenced(
  document: OpenApiDocument,
  answer: Response | Reference | undefined,
): Response | undefined {
  if (answer === undefined || !('$ref' in answer)) return answer;
  return document.components.responses[lastPart(answer)];
}

function lastPart({ $ref }: Reference): string {
  return $ref.replace(/.*\//, '');
}

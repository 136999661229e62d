import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Answer } from './answer.js';

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

let fetched: Promise<OpenApiDocument> | undefined;

/**
 * The document that the service at `url` serves; asked for once in a test file, since every service of a build serves the
 * same. Undefined where it cannot be had, as when the service has just been killed: then the next call asks again.
 */
export async function documentAt(url: string): Promise<OpenApiDocument | undefined> {
  fetched ??= fetch(`${url}/openapi.json`).then(async (response) => (await response.json()) as OpenApiDocument);
  try {
    return await fetched;
  } catch {
    fetched = undefined;
    return undefined;
  }
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
export function assertAnswerMatchesDocument(
  document: OpenApiDocument,
  method: string,
  path: string,
  answer: Answer,
): void {
  const { pathname } = new URL(`http://service${path}`);
  if (PAGES.test(pathname) || answer.status === NODES_OWN) return;
  const problem = problemOf(document, method.toUpperCase(), pathname, answer);
  if (problem === undefined) return;
  const shown = answer.text.length > 500 ? `${answer.text.slice(0, 500)}…` : answer.text;
  throw new Error(`${method} ${path} answers other than the document says: ${problem}\n${answer.status} ${shown}`);
}

function problemOf(document: OpenApiDocument, method: string, pathname: string, answer: Answer): string | undefined {
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
  return headerProblem(document, response, answer) ?? bodyProblem(document, response, method, answer);
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

function matcherOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`);
}

function headerProblem(document: OpenApiDocument, response: Response, answer: Answer): string | undefined {
  for (const [name, reference] of Object.entries(response.headers ?? {})) {
    const header = '$ref' in reference ? document.components.headers[lastPart(reference)] : reference;
    const value = answer.headers.get(name);
    if (value === null && header?.required) return `the header ${name} is missing`;
    if (value === null || header === undefined) continue;
    const isNumber = 'type' in header.schema && header.schema.type === 'integer';
    const problem = schemaProblem(document, header.schema, isNumber ? Number(value) : value);
    if (problem !== undefined) return `the header ${name}: ${problem}`;
  }
  return undefined;
}

function bodyProblem(
  document: OpenApiDocument,
  { content }: Response,
  method: string,
  answer: Answer,
): string | undefined {
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
  return schemaProblem(document, media.schema, /[/+]json$/.test(type) ? answer.body : answer.text);
}

/** What is wrong with a value by a schema of the document; in it, objects have no members beyond those that are described. */
export function schemaProblem(document: OpenApiDocument, schema: object, value: unknown): string | undefined {
  const validate = validatorOf(document, schema);
  if (validate(value)) return undefined;
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'it'} ${message}`).join('; ');
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

type Validators = Readonly<{ ajv: Ajv2020; compiled: WeakMap<object, ValidateFunction> }>;
const validators = new WeakMap<OpenApiDocument, Validators>();

function validatorOf(document: OpenApiDocument, schema: object): ValidateFunction {
  const { ajv, compiled } = validators.get(document) ?? makeValidators(document);
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const validate = ajv.compile(withReferences(closed(schema)));
  compiled.set(schema, validate);
  return validate;
}

function makeValidators(document: OpenApiDocument): Validators {
  // The first error is enough; to gather those of a long list takes time that grows with their square.
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document:', components: closed(document.components) });
  const made = { ajv, compiled: new WeakMap<object, ValidateFunction>() };
  validators.set(document, made);
  return made;
}

/** References within the document as references to the document, for a schema that is taken out of it. */
function withReferences(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document:#/components/')) as object;
}

/** The same with each object that has described members closed to others: a member that an answer has is a described one. */
function closed<T>(part: T): T {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map(closed) as T;
  const copy = Object.fromEntries(Object.entries(part).map(([name, member]) => [name, closed(member as unknown)]));
  const isOpen = 'properties' in copy && copy['type'] === 'object' && !('additionalProperties' in copy);
  return (isOpen ? { ...copy, additionalProperties: false } : copy) as T;
}

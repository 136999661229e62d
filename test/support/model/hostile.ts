import { Agent, request } from 'node:http';
import { isStorableText } from '@heksher/core';
import fc from 'fast-check';
import { type Call } from '../service/service.js';

/** An operation as the OpenAPI document has it: the template `/api/v1/rules/{id}`, and bodies it shows as examples. */
export type DocumentedOperation = Readonly<{ method: string; path: string; bodies: readonly string[] }>;

/** A request byte by byte, as no well-behaved client would send it. */
export type HostileRequest = Readonly<{
  method: string;
  /** With the query; only percent-encoded where the request wants it. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | undefined;
}>;

export type HostileAnswer = Readonly<{ status: number; requestId: string | undefined; text: string }>;

type Document = Readonly<{ paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>> }>;
type DocumentOperation = Readonly<{
  requestBody?: { content?: Record<string, { example?: unknown; examples?: Record<string, { value?: unknown }> }> };
}>;

/** All operations of `/openapi.json`. */
export async function documentedOperations(call: Call): Promise<readonly DocumentedOperation[]> {
  const { paths } = (await call('GET', '/openapi.json')).body as Document;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => ['get', 'put', 'post', 'delete', 'patch'].includes(method))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, bodies: examplesOf(operation) })),
  );
}

function examplesOf({ requestBody }: DocumentOperation): readonly string[] {
  return Object.values(requestBody?.content ?? {}).flatMap(({ example, examples }) =>
    [example, ...Object.values(examples ?? {}).map(({ value }) => value)]
      .filter((value) => value !== undefined)
      .map((value) => JSON.stringify(value)),
  );
}

const ODD_SEGMENTS = [
  ...['%00', '%2F', '%2e%2e', '..', '.', '%', '%zz', '%ff%fe', '%F0%9F%98%80', '%ed%a0%80', '*', ';a=b', "'--", '%20'],
  ...[
    'constructor',
    '__proto__',
    'x'.repeat(3000),
    '0',
    '-1',
    '1e3',
    '99999999999999999999',
    '2147483648',
    '+1',
    '1.0',
    '%0a',
  ],
];
const KNOWN_SEGMENTS = ['account', 'user', 'cache_size', 'a', 'b.c', '1', '2', 'note', 'jim'];
const ODD_QUERY_VALUES = [
  ...[
    '',
    '*',
    'true',
    'True',
    'maybe',
    'cache_size',
    'a',
    'a,b.c',
    'user:(guest)',
    'user:*,theme:*',
    'user:(',
    '**',
    ',',
  ],
  ...[
    '%00',
    '%ff',
    '%',
    '%ed%a0%80',
    'user:john',
    'user:%00',
    'a'.repeat(4000),
    Array.from({ length: 900 }, (_, i) => `f${i}:v`).join(','),
  ],
];
const QUERY_NAMES = [
  ...[
    'settings',
    'context_filters',
    'include_metadata',
    'include_additional_data',
    'setting',
    'feature_values',
    'cursor',
    'limit',
  ],
  ...['settings[]', 'setting[a]', '__proto__', '__proto__[x]', 'constructor', '', '%'],
];
const ODD_BODIES = [
  ...[
    '',
    '{}',
    '[]',
    'null',
    '{"a":',
    '"',
    '\ufeff{}',
    '{"__proto__":{"x":1}}',
    '{"a":1,"a":2}',
    'name=cache_size',
    '{"version":1e999}',
  ],
  ...[
    '['.repeat(100_000),
    `{"a":${'{"a":'.repeat(5000)}`,
    `{"name":"${'x'.repeat(100_000)}"}`,
    '{"name":"\\u0000","alias":"\\ud800"}',
  ],
];
const ODD_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { accept: 'application/json' },
  { accept: 'application/problem+json;q=0, text/plain' },
  { accept: ',;=,,' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': ';;;' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br' },
  { 'content-encoding': 'nonsense' },
  { 'x-request-id': 'mine-1' },
  { 'x-request-id': 'two words; <script>' },
  { 'x-request-id': 'x'.repeat(4000) },
  { 'if-none-match': '*' },
  { 'if-none-match': '"a", W/"b", broken' },
  { expect: '100-continue' },
  { 'x-http-method-override': 'DELETE', 'x-forwarded-for': 'a,b', host: 'nowhere\u00ff' },
  { range: 'bytes=0-1' },
];

/** Requests that keep near the given operations: one in four as a client means it, each other wrong in some way, or in several. */
export function hostileRequests(operations: readonly DocumentedOperation[]): fc.Arbitrary<HostileRequest> {
  return fc
    .constantFrom(...operations)
    .chain((operation) => often(oddRequests(operation), ordinaryRequests(operation)));
}

function oddRequests({ method, path, bodies }: DocumentedOperation): fc.Arbitrary<HostileRequest> {
  return fc.record({
    method: often(
      fc.constant(method),
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'),
    ),
    path: fc
      .tuple(pathOf(path), queryText)
      .map((parts) => parts.join(''))
      // Node answers longer ones itself: 431.
      .filter((whole) => whole.length < 12_000),
    headers: fc
      .array(fc.constantFrom(...ODD_HEADERS), { maxLength: 2 })
      .map((some) => some.reduce<Record<string, string>>((all, one) => ({ ...all, ...one }), {})),
    body: often(bodyLike(bodies), hostileBody),
  });
}

function ordinaryRequests({ method, path, bodies }: DocumentedOperation): fc.Arbitrary<HostileRequest> {
  const parts = path
    .split('/')
    .map((part) => (part.startsWith('{') ? fc.constantFrom('1', '2', 'jim') : fc.constant(part)));
  return fc.record({
    method: fc.constant(method),
    path: fc.tuple(...parts).map((texts) => texts.join('/')),
    headers: fc.constant({}),
    body: bodies.length === 0 ? fc.constant(undefined) : fc.constantFrom(...bodies),
  });
}

function often<A, B>(usual: fc.Arbitrary<A>, odd: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

const segment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KNOWN_SEGMENTS) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_SEGMENTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).map(encoded) },
);

function pathOf(template: string): fc.Arbitrary<string> {
  const parts = template.split('/').slice(1);
  const segments = parts.map((part) =>
    part.startsWith('{') ? segment : often(often(fc.constant(part), fc.constant(part)), segment),
  );
  const path = fc.tuple(...segments).map((texts) => `/${texts.join('/')}`);
  return fc.tuple(path, fc.constantFrom('', '', '', '', '/', '//', '/x')).map((texts) => texts.join(''));
}

const queryText = fc
  .array(
    fc.tuple(
      fc.constantFrom(...QUERY_NAMES),
      often(fc.constantFrom(...ODD_QUERY_VALUES), fc.string({ unit: 'binary', maxLength: 8 }).map(encoded)),
    ),
    {
      maxLength: 3,
    },
  )
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`));

/** Percent-encoded; a lone surrogate, which has no encoding, as the bytes that sloppy writers send for it. */
function encoded(text: string): string {
  return isStorableText(text.replaceAll('\0', '')) ? encodeURIComponent(text) : '%ed%b0%80';
}

/** An example with one of its characters or members made something else. */
function bodyLike(bodies: readonly string[]): fc.Arbitrary<string> {
  const example = bodies.length === 0 ? fc.constant('{}') : fc.constantFrom(...bodies);
  const member = fc.tuple(fc.nat(9), fc.jsonValue({ maxDepth: 3 }));
  const withMember = fc.tuple(example, member).map(([body, [choice, value]]) => replaced(body, choice, value));
  const cut = fc
    .tuple(example, fc.nat(300), fc.constantFrom('', '"', '}', '\\', '\u0000', ',', '9'))
    .map(([body, at, text]) => {
      const place = at % (body.length + 1);
      return body.slice(0, place) + text + body.slice(place + 1);
    });
  return fc.oneof(example, withMember, cut);
}

function replaced(body: string, choice: number, value: unknown): string {
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed !== 'object' || parsed === null) return body;
  const names = Object.keys(parsed);
  return JSON.stringify({ ...parsed, [names[choice % names.length] ?? 'metadata']: value });
}

const hostileBody: fc.Arbitrary<string | Uint8Array | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(...ODD_BODIES),
  fc.uint8Array({ maxLength: 40 }),
  fc.json({ noUnicodeString: false }),
);

/** Sends requests over connections that are kept, which must survive whatever was sent before. */
export function hostileCaller(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  // Of itself the client would send the body of a GET without saying how long it is.
  const framed = ({ headers, body }: HostileRequest) =>
    body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) };
  const send = (hostile: HostileRequest) =>
    new Promise<HostileAnswer>((resolve, reject) => {
      const outgoing = request(url, {
        agent,
        method: hostile.method,
        path: hostile.path,
        headers: framed(hostile),
        timeout: 10_000,
      });
      outgoing.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', reject).on('end', () => {
          const requestId = response.headers['x-request-id'];
          resolve({
            status: response.statusCode ?? 0,
            requestId: typeof requestId === 'string' ? requestId : undefined,
            text,
          });
        });
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s'))).on('error', reject);
      outgoing.end(hostile.body);
    });
  return { send, close: () => agent.destroy() };
}

import { type ContentObject, type HeaderObject, type ReferenceObject, type ResponseObject } from '@nestjs/swagger';
import { errorContent, EXAMPLE_REQUEST_ID, type Messages } from './api-answers.js';
import { schemaRef } from './api-schemas.js';

export const REQUEST_ID_HEADER: HeaderObject = {
  description: 'The id of the request, as in the log: the one that it came with, if that is sane, or a new one.',
  required: true,
  schema: { type: 'string', pattern: '^[\\w.:/+=@-]{1,128}$' },
  example: EXAMPLE_REQUEST_ID,
};

/** Of all answers to GET that do not say something stricter. */
export const CACHE_CONTROL_HEADER: HeaderObject = {
  description: '`no-cache`: it may be stored, but must be asked for again each time.',
  required: true,
  schema: { type: 'string', enum: ['no-cache'] },
  example: 'no-cache',
};

const RETRY_AFTER: HeaderObject = {
  description: 'After how many seconds to try again.',
  required: true,
  schema: { type: 'integer', minimum: 0 },
  example: 1,
};

const RATE_LIMIT: HeaderObject = {
  description: 'How many requests are left (`r`), and after how many seconds to try again (`t`), as `Retry-After`.',
  required: true,
  schema: { type: 'string', pattern: '^"[a-z]+";r=\\d+;t=\\d+$' },
  example: '"principal";r=0;t=1',
};

const RATE_LIMIT_POLICY: HeaderObject = {
  description: 'How many requests are allowed in how many seconds, to each principal, or to each address.',
  required: true,
  schema: { type: 'string', pattern: '^"[a-z]+";q=\\d+;w=\\d+$' },
  example: '"principal";q=600;w=60',
};

const ALLOW: HeaderObject = {
  description: 'The methods that this path is served by.',
  required: true,
  schema: { type: 'string' },
  example: 'GET, HEAD, POST',
};

const WWW_AUTHENTICATE: HeaderObject = {
  description: 'What credentials are taken, and what is wrong with those that were given (RFC 6750).',
  required: true,
  schema: { type: 'string', pattern: '^Bearer ' },
  example: 'Bearer realm="heksher", error="insufficient_scope", scope="heksher:write"',
};

/** Errors that more than one operation answers with in the same way. */
export const COMMON_ANSWERS = {
  BadCredentials: error(
    400,
    'Where access is controlled: the request gives credentials twice, or in a header that is malformed.',
    'give credentials once, by one header',
    { 'WWW-Authenticate': WWW_AUTHENTICATE },
  ),
  Unauthorized: error(
    401,
    'Where access is controlled: there are no credentials, or they do not hold (any longer).',
    {
      'No credentials': {
        field: 'request',
        code: 'unauthenticated',
        message: 'credentials are required: an access token or a key, as Authorization: Bearer, or a key as X-API-Key',
      },
      'A revoked key': {
        field: 'request',
        code: 'unauthenticated',
        message: 'the key is not known, or was revoked',
      },
    },
    { 'WWW-Authenticate': WWW_AUTHENTICATE },
  ),
  Forbidden: error(
    403,
    'A page of another origin sent this from a browser, and the operator has not named that origin; or, where access is controlled, your credentials are not granted it.',
    {
      'A page of another origin':
        'pages of the origin "https://elsewhere.example.com" may not send POST; HEKSHER_CORS_ORIGINS names those that may',
      'Not granted': {
        field: 'request',
        code: 'not_allowed',
        message: 'this needs the grant "write" on "cache_size", which you do not have',
      },
    },
    { 'WWW-Authenticate': { ...WWW_AUTHENTICATE, required: false } },
  ),
  Refused: error(
    409,
    'A constraint or trigger that the operator has added to the database refuses it, or rows that other programs have written. Nothing was changed.',
    'the database refuses this by a constraint or trigger, which the log of the service names',
  ),
  PreconditionFailed: error(
    412,
    '`If-Match` names nothing that is there, or `If-None-Match` something that is. Nothing was changed. `current` says what is there now, unless it is long, and `changed` since when.',
    {
      'Changed meanwhile': {
        field: 'If-Match',
        parameter: 'If-Match',
        code: 'precondition_failed',
        message:
          'If-Match does not hold: the entity tag is now "Xl0rB3mJ6oYhF1u2c9aKpQwEz7_", since 2026-03-01T09:00:00.000Z, by ana (revision 42)',
      },
    },
  ),
  TooLarge: error(
    413,
    'The body is longer than the limit.',
    'the body is too large: 2097152 bytes; the limit is 1048576',
  ),
  UnsupportedEncoding: error(
    415,
    'The body has a `Content-Encoding` that is not known.',
    'unsupported content encoding "compress"',
  ),
  TooManyRequests: error(
    429,
    'Where rates are limited: you, or everybody at your address, ask more often than is allowed.',
    {
      'Too often': {
        field: 'request',
        code: 'rate_limited',
        message: 'this is asked more often than is allowed (600/m); try again after 1 s',
      },
    },
    { 'Retry-After': RETRY_AFTER, RateLimit: RATE_LIMIT, 'RateLimit-Policy': RATE_LIMIT_POLICY },
  ),
  InternalError: error(
    500,
    'A fault of the service, which its log has; or it serves its documents only (`DOC_ONLY`).',
    {
      'A fault': 'internal error',
      'Documents only': 'this Heksher serves its documents only (DOC_ONLY=true): /docs, /redoc, /openapi.json',
    },
  ),
  Unavailable: error(
    503,
    'The database does not answer. Nothing was changed.',
    'the database does not answer; try again later',
    {
      'Retry-After': RETRY_AFTER,
    },
  ),
} satisfies Record<string, ResponseObject>;

/** A reference to one of the common answers. */
export function commonAnswer(name: keyof typeof COMMON_ANSWERS): ReferenceObject {
  return { $ref: `#/components/responses/${name}` };
}

const OFREP_ERROR: ContentObject = {
  'application/json': {
    schema: { anyOf: [schemaRef('BulkError'), schemaRef('FlagError')] },
    examples: {
      'A flag asked for by GET': {
        value: { key: 'new_checkout', errorCode: 'GENERAL', errorDetails: 'GET is not served here; allowed: POST' },
      },
    },
  },
};

/** What requests are answered that reach no operation. */
export const OTHER_ANSWERS: Readonly<Record<string, ResponseObject | ReferenceObject>> = {
  400: {
    description:
      'This is not HTTP; something is malformed in a path below `/ofrep`; or credentials are malformed, or given twice.',
    content: { ...COMMON_ANSWERS.BadCredentials.content, ...OFREP_ERROR },
  },
  401: alsoOfOfrep(COMMON_ANSWERS.Unauthorized),
  403: alsoOfOfrep(COMMON_ANSWERS.Forbidden),
  404: alsoOfOfrep(error(404, 'Nothing is served at this path.', 'Cannot GET /api/v1/setting')),
  405: alsoOfOfrep(
    error(405, 'This path is served, but not by this method.', 'PATCH is not served here; allowed: DELETE, GET, HEAD', {
      Allow: ALLOW,
    }),
  ),
  408: error(408, 'The request did not arrive in time.', 'the request did not arrive in time'),
  413: alsoOfOfrep(COMMON_ANSWERS.TooLarge),
  415: alsoOfOfrep(COMMON_ANSWERS.UnsupportedEncoding),
  417: alsoOfOfrep(
    error(417, 'The header `Expect` asks for something else than `100-continue`.', 'cannot meet the expectation "x"'),
  ),
  422: error(422, 'A path or a body cannot be read.', {
    'A path that cannot be decoded': { message: "Failed to decode param '%zz'" },
  }),
  429: alsoOfOfrep(COMMON_ANSWERS.TooManyRequests),
  431: error(431, 'The headers are larger than 64 KiB.', 'the headers are too large'),
  500: alsoOfOfrep(COMMON_ANSWERS.InternalError),
};

/** The same with the body that errors below `/ofrep` have. */
function alsoOfOfrep(answer: ResponseObject): ResponseObject {
  return { ...answer, content: { ...answer.content, ...OFREP_ERROR } };
}

function error(
  status: number,
  description: string,
  messages: Messages,
  headers: Record<string, HeaderObject> = {},
): ResponseObject {
  const text = status === 422 ? 'none' : 'message';
  return { description, headers, content: errorContent(status, messages, text) };
}

import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  getSchemaPath,
  type HeadersObject,
} from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiError, EXAMPLE_REQUEST_ID, toExamples } from '../../openapi/api-answers.js';
import { ApiOfrepError, RETRY_AFTER, WWW_AUTHENTICATE } from '../ofrep/ofrep.api.js';
import { BulkError } from '../ofrep/ofrep.dto.js';
import { LONGEST_WAIT_S, MOST_EVENTS_OF_PAGE, USUAL_EVENTS } from './changes-request.js';
import { ChangesAnswer, PropagationAnswer } from './feed.answers.js';
import { MOST_LISTED, USUALLY_LISTED } from './propagation-report.js';

const CURSOR_PATTERN = '^([0-9]+-[0-9a-f]{8}|0)$';
const CURSOR = '1042-9f3a61c2';

const STREAM_HEADERS: HeadersObject = {
  'Cache-Control': {
    description: 'Of a page `no-cache`, of a stream `no-cache, no-transform`.',
    required: true,
    schema: { type: 'string', enum: ['no-cache', 'no-cache, no-transform'] },
    example: 'no-cache',
  },
  ETag: {
    description: 'Of a page: a tag of its content.',
    schema: { type: 'string' },
    example: '"pXb0kT3mJ6oYhF1u2c9aKpQwEz7"',
  },
  'X-Accel-Buffering': {
    description: 'Of a stream: that proxies are to pass each event on at once.',
    schema: { type: 'string', enum: ['no'] },
    example: 'no',
  },
};

const EVENT = {
  id: CURSOR,
  seq: 1042,
  from_seq: 1042,
  at: '2026-03-01T09:00:00.000Z',
  actor: 'ana',
  message: 'more room for the sale',
  request_id: '0c5d2b8e-7d0f-4d0e-9b6e-6a1f4f0f9a11',
  settings: ['cache_size'],
  changes: [
    {
      kind: 'rule',
      op: 'deleted',
      setting: 'cache_size',
      rule_id: 7,
      feature_values: [['user', 'guest']],
      old: { setting: 'cache_size', value: 10, feature_values: [['user', 'guest']], metadata: {} },
      new: null,
    },
  ],
  changes_omitted: 0,
};

const ApiClientHeaders = () =>
  applyDecorators(
    ApiHeader({
      name: 'Heksher-Client',
      required: false,
      description: 'The name of the program that asks, and which of its instances, for `GET /api/v1/propagation`.',
      schema: { type: 'string', pattern: '^[\\w.@:+-]{1,100}/[\\w.@:+-]{1,100}$', example: 'shop/pod-7' },
    }),
    ApiHeader({
      name: 'Heksher-Serving',
      required: false,
      description: 'The revision that it serves now.',
      schema: { type: 'string', pattern: CURSOR_PATTERN, example: CURSOR },
    }),
  );

const ApiLastEventId = () =>
  ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Of a stream: the id of the last event that was seen. It goes before `after`.',
    schema: { type: 'string' },
    examples: { None: { value: '' } },
  });

const BAD_CURSOR = (field: string) => ({
  field,
  ...(field === 'after' && { parameter: field }),
  message: `${field} must be a revision such as 1042-9f3a61c2, as answers give it, or 0 for the oldest change there is; given: "1042"`,
});

export const ApiListChanges = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listChanges',
      summary: 'Follow what is changed',
      description: `Every committed transaction as one event, in the order of the commits, behind a cursor: as a page, as a page that is
waited for (\`wait\`), or with \`Accept: text/event-stream\` as a stream of server-sent events, which are named \`change\` and \`reset\`.`,
    }),
    ApiQuery({
      name: 'after',
      required: false,
      description: 'The cursor: only what was committed after it. `0`: all that there is. Without it, from now on.',
      schema: { type: 'string', pattern: CURSOR_PATTERN, example: '0' },
    }),
    ApiQuery({
      name: 'settings',
      required: false,
      description:
        'Only what touches these settings: names or aliases, and prefixes such as `billing.*`, separated by commas.',
      schema: { type: 'string', example: 'cache_size,billing.*' },
    }),
    ApiQuery({
      name: 'limit',
      required: false,
      description: `How many events a page has at most: 1 to ${MOST_EVENTS_OF_PAGE}, usually ${USUAL_EVENTS}. Not of a stream.`,
      schema: { type: 'string', pattern: '^[0-9]{1,4}$', example: '20' },
    }),
    ApiQuery({
      name: 'wait',
      required: false,
      description: `How many seconds to wait for the first event: 0 to ${LONGEST_WAIT_S}. Not of a stream.`,
      schema: { type: 'string', pattern: '^[0-9]{1,4}$', example: '0' },
    }),
    ApiLastEventId(),
    ApiClientHeaders(),
    ApiExtraModels(ChangesAnswer),
    ApiResponse({
      status: 200,
      description: 'The events.',
      headers: STREAM_HEADERS,
      content: {
        'application/json': {
          schema: { $ref: getSchemaPath(ChangesAnswer) },
          examples: toExamples({
            'A page': { changes: [EVENT], next: CURSOR, reset: false },
            'Nothing new': { changes: [], next: CURSOR, reset: false },
            'A database that was restored': { changes: [], next: '977-01d2c3b4', reset: true },
          }),
        },
        'text/event-stream': {
          schema: { type: 'string' },
          examples: toExamples({
            'A stream': `retry: 2000\n\nid: ${CURSOR}\nevent: change\ndata: ${JSON.stringify(EVENT)}\n\n: keep-alive\n\n`,
          }),
        },
      },
    }),
    ApiEmptyAnswer(304, 'The page is that with a tag of `If-None-Match`.', {
      ETag: { description: 'Its tag.', schema: { type: 'string' }, example: '"pXb0kT3mJ6oYhF1u2c9aKpQwEz7"' },
    }),
    ApiError(422, 'A parameter or header is malformed, or not known.', {
      'A bad cursor': BAD_CURSOR('after'),
      'A bad id of an event': BAD_CURSOR('Last-Event-ID'),
    }),
    ApiError(503, 'As many follow as may, or the database does not answer.', {
      'Too many': '10000 streams are open, and no more are taken here; try again later',
    }),
  );

export const ApiPropagation = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getPropagation',
      summary: 'See which clients have a revision',
      description: `Which clients of this replica serve a revision or a later one, by what they said with \`Heksher-Client\` and
\`Heksher-Serving\` when they asked for changes or values. It is kept in memory, of 10 000 clients: of those that are connected, and of
others for an hour. What is said with a public key, or without credentials where others need some, does not count.`,
    }),
    ApiQuery({
      name: 'revision',
      required: true,
      description: 'The revision, as `Heksher-Revision` has it.',
      schema: { type: 'string', pattern: CURSOR_PATTERN, example: CURSOR },
    }),
    ApiQuery({
      name: 'limit',
      required: false,
      description: `How many clients are listed at most: 0 to ${MOST_LISTED}, usually ${USUALLY_LISTED}. All are counted.`,
      schema: { type: 'string', pattern: '^[0-9]{1,5}$', example: '100' },
    }),
    ApiAnswer(200, PropagationAnswer, 'The clients.', {
      'A client': {
        revision: CURSOR,
        reached: 1,
        pending: 0,
        is_complete: true,
        clients: [
          {
            client: 'shop/pod-7',
            principal: 'shop',
            reached: true,
            serving: CURSOR,
            sent: CURSOR,
            is_open: true,
            seen_at: '2026-03-01T09:00:01.000Z',
          },
        ],
        clients_omitted: 0,
      },
    }),
    ApiError(422, 'The revision is missing, malformed or not in the change log, or a parameter is not known.', {
      'Of another history': {
        field: 'revision',
        parameter: 'revision',
        code: 'pruned',
        message:
          'there is no revision "1042-00000000" in the change log: it was pruned, is of another history, or is yet to come',
      },
      'No revision': {
        field: 'revision',
        code: 'missing',
        message: 'revision must be given: that which clients should serve, such as 1042-9f3a61c2',
      },
    }),
  );

const general = (errorDetails: string) => ({ errorCode: 'GENERAL', errorDetails });

export const ApiFollowFlags = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'followFlags',
      summary: 'Follow when flags change',
      description: `OpenFeature's event stream (OFREP 0.3.0): server-sent events that say when to evaluate all flags again. The answer
with all flags names its channel; providers for browsers follow it by themselves.`,
    }),
    ApiParam({
      name: 'channel',
      description: 'As `eventStreams` of the answer with all flags has it.',
      schema: { type: 'string', example: 'configuration' },
    }),
    ApiLastEventId(),
    ApiResponse({
      status: 200,
      description: 'The stream.',
      headers: {
        'Cache-Control': STREAM_HEADERS['Cache-Control'] ?? {},
        'X-Accel-Buffering': STREAM_HEADERS['X-Accel-Buffering'] ?? {},
      },
      content: {
        'text/event-stream': {
          schema: { type: 'string' },
          examples: toExamples({
            'A stream': `retry: 2000\n\nid: ${CURSOR}\nevent: message\ndata: {"type":"refetchEvaluation","etag":"\\"${CURSOR}\\"","lastModified":1772355600}\n\n`,
          }),
        },
      },
    }),
    ApiOfrepError(400, BulkError, 'The id of an event is malformed, or a parameter is not known.', {
      'A bad id': general(BAD_CURSOR('Last-Event-ID').message),
    }),
    ApiOfrepError(
      401,
      BulkError,
      'Where access is controlled: the channel is of a key that does not hold (any longer).',
      { 'A revoked key': general('the key is not known, or was revoked') },
      WWW_AUTHENTICATE,
    ),
    ApiOfrepError(403, BulkError, 'Your credentials are not granted it.', {
      'Not granted': general('this needs the grant "evaluate", which you do not have'),
    }),
    ApiOfrepError(404, BulkError, 'There is no such channel.', {
      'No channel': general('there is no channel "x"; the answer with all flags names one'),
    }),
    ApiOfrepError(
      500,
      BulkError,
      'A fault of the service, which its log has; or it serves its documents only (`DOC_ONLY`).',
      {
        'A fault': general(`internal error (request ${EXAMPLE_REQUEST_ID})`),
      },
    ),
    ApiOfrepError(
      503,
      BulkError,
      'As many follow as may, or the database does not answer.',
      { 'Too many': general('10000 streams are open, and no more are taken here; try again later') },
      RETRY_AFTER,
    ),
  );

import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, type HeadersObject } from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiError, ApiJsonBody } from '../../openapi/api-answers.js';
import {
  AttemptAnswer,
  AttemptsAnswer,
  CreateWebhookRequest,
  DeadLettersAnswer,
  EditWebhookRequest,
  NewWebhookAnswer,
  ReplayRequest,
  WebhookAnswer,
  WebhooksAnswer,
} from './webhooks.dto.js';

const ID = 'q1w2e3r4t5y6u7i8';

const STORED = {
  id: ID,
  public_key: null,
  url: 'https://example.com/hooks/heksher',
  description: 'tells the billing team',
  settings: ['billing.*'],
  events: ['heksher.change.committed'],
  on_failure: 'pause',
  handshake: false,
  state: 'enabled',
  reason: null,
  cursor: '1042-9f3a61c2',
  failures: 0,
  next_attempt_at: null,
  created_at: '2026-03-01T09:00:00.000Z',
  rotating: false,
};

const SECRET = { secret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' };

const ATTEMPT = {
  event_id: 'msg_1042-9f3a61c2',
  type: 'heksher.change.committed',
  at: '2026-03-01T09:00:00.000Z',
  duration_ms: 41,
  status: 204,
  error: null,
  answer: '',
};

const LOCATION: HeadersObject = {
  Location: {
    description: 'The path of the new webhook.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
    example: `/api/v1/webhooks/${ID}`,
  },
};

const ApiId = () =>
  ApiParam({ name: 'id', description: 'The id of a webhook.', schema: { type: 'string', example: ID } });

const ApiNoSuchWebhook = () =>
  ApiError(404, 'There is no such webhook.', {
    field: 'id',
    parameter: 'id',
    code: 'webhook_not_found',
    message: `the webhook "${ID}" does not exist`,
  });

const ApiNotHere = () =>
  ApiError(400, 'No webhooks are sent from here.', {
    field: 'request',
    message:
      'no webhooks are sent from here: HEKSHER_SECRET_KEY is not set, which encrypts their secrets; it must be 32 random bytes in base64, as "openssl rand -base64 32" gives them',
  });

const NOT_PUBLIC = {
  field: 'url',
  message:
    'url cannot be reached from here: "127.0.0.1" is 127.0.0.1, an address that is not public; HEKSHER_WEBHOOK_ALLOW allows networks',
};

const ApiUnconditional = () =>
  ApiError(422, 'There is a body with something in it that cannot be understood, or a condition.', {
    field: 'request',
    code: 'unsupported',
    message: 'webhooks are written without conditions: leave If-Match, If-None-Match and Heksher-If-Revision out',
  });

export const ApiCreateWebhook = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'createWebhook',
      summary: 'Make a webhook',
      description: `From now on, each committed change of the settings that it names is sent to its address: at least once, in commit order, as a
CloudEvent that is signed as Standard Webhooks has it. The secret is in the answer, and nowhere else.`,
    }),
    ApiJsonBody(CreateWebhookRequest, 'Where to, and of what.', {
      'Of all settings': { url: 'https://example.com/hooks/heksher' },
      'Of some settings, without waiting for an endpoint that is down for days': {
        url: 'https://example.com/hooks/heksher',
        settings: ['billing.*', 'cache_size'],
        on_failure: 'skip',
        description: 'tells the billing team',
      },
      'Signed by a key pair, and asked beforehand': {
        url: 'https://example.com/hooks/heksher',
        ed25519: true,
        handshake: true,
      },
      'Of reviews alone': { url: 'https://example.com/hooks/reviews', events: ['heksher.changeset.*'] },
    }),
    ApiAnswer(
      201,
      NewWebhookAnswer,
      'The webhook was made.',
      { 'The new webhook': { ...STORED, ...SECRET } },
      LOCATION,
    ),
    ApiNotHere(),
    ApiError(422, 'The body is malformed, or the address is none that may be reached from here.', {
      'An address of this machine': NOT_PUBLIC,
    }),
  );

export const ApiListWebhooks = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listWebhooks',
      summary: 'List the webhooks',
      description: 'All webhooks with how far each of them is, without their secrets.',
    }),
    ApiAnswer(200, WebhooksAnswer, 'The webhooks.', {
      'One webhook': { webhooks: [STORED] },
      'None yet': { webhooks: [] },
    }),
  );

export const ApiFindWebhook = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getWebhook',
      summary: 'Get a webhook',
      description: 'A webhook with how far it is, without its secret.',
    }),
    ApiId(),
    ApiAnswer(200, WebhookAnswer, 'The webhook.', { 'A webhook': STORED }),
    ApiNoSuchWebhook(),
  );

export const ApiEditWebhook = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'editWebhook',
      summary: 'Change a webhook, pause it or go on',
      description: `Members that are not given stay as they are. The event that waits is attempted at once, with all its attempts before it.`,
    }),
    ApiId(),
    ApiJsonBody(EditWebhookRequest, 'What of it is to be otherwise.', {
      'To go on after it failed': { state: 'enabled' },
      'Another address': { url: 'https://example.com/hooks/heksher' },
    }),
    ApiAnswer(200, WebhookAnswer, 'The webhook as it is now.', { 'A webhook': STORED }),
    ApiNoSuchWebhook(),
    ApiError(422, 'The body is malformed, or the address is none that may be reached from here.', {
      'An address of this machine': NOT_PUBLIC,
    }),
  );

export const ApiDeleteWebhook = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'deleteWebhook',
      summary: 'Delete a webhook',
      description:
        'Nothing more is sent to it, but for an attempt that is under way; its attempts and dead letters are gone.',
    }),
    ApiId(),
    ApiEmptyAnswer(204, 'The webhook is gone.'),
    ApiNoSuchWebhook(),
    ApiUnconditional(),
  );

export const ApiRotateWebhook = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'rotateWebhookSecret',
      summary: 'Replace the secret of a webhook',
      description: 'The new secret is in the answer, and nowhere else. For 24 hours events are signed by both.',
    }),
    ApiId(),
    ApiAnswer(200, NewWebhookAnswer, 'The webhook with its new secret.', {
      'The new secret': { ...STORED, ...SECRET, rotating: true },
    }),
    ApiNotHere(),
    ApiNoSuchWebhook(),
    ApiUnconditional(),
  );

export const ApiReplayWebhook = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'replayWebhook',
      summary: 'Send events again',
      description:
        'Sets the cursor: everything committed after it is sent again, or left out where it is set forward. Events have the ids that they had.',
    }),
    ApiId(),
    ApiJsonBody(ReplayRequest, 'From where.', { 'All that the log has': { from: '0' } }),
    ApiAnswer(200, WebhookAnswer, 'The webhook as it is now.', { 'A webhook': STORED }),
    ApiNoSuchWebhook(),
    ApiError(422, 'The body is malformed, or the change log has no such revision.', {
      'Pruned, or of another history': {
        field: 'from',
        code: 'pruned',
        message: 'the change log has no revision "12-9f3a61c2": it was pruned, or is of another history',
      },
    }),
  );

export const ApiTestWebhook = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'testWebhook',
      summary: 'Try a webhook',
      description: 'Sends an event of the type `heksher.webhook.test` once, now, and says how that went.',
    }),
    ApiId(),
    ApiAnswer(200, AttemptAnswer, 'How the attempt went: delivered or not.', {
      Delivered: { ...ATTEMPT, event_id: `msg_test-${ID}-1772355600000`, type: 'heksher.webhook.test' },
    }),
    ApiNotHere(),
    ApiNoSuchWebhook(),
    ApiUnconditional(),
  );

export const ApiListAttempts = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listWebhookAttempts',
      summary: 'List the attempts of a webhook',
      description: 'How the last 100 attempts went, newest first.',
    }),
    ApiId(),
    ApiAnswer(200, AttemptsAnswer, 'The attempts.', { 'One attempt': { attempts: [ATTEMPT] } }),
    ApiNoSuchWebhook(),
  );

export const ApiListDeadLetters = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listWebhookDeadLetters',
      summary: 'List the dead letters of a webhook',
      description: 'The last 1000 events that were given up, newest first, where `on_failure` is `skip`.',
    }),
    ApiId(),
    ApiAnswer(200, DeadLettersAnswer, 'The dead letters.', {
      'One dead letter': {
        dead_letters: [
          {
            event_id: 'msg_1042-9f3a61c2',
            type: 'heksher.change.committed',
            replay_from: '1039-5d0c7be1',
            reason: 'the answer is 500',
            at: '2026-03-01T09:00:00.000Z',
          },
        ],
      },
    }),
    ApiNoSuchWebhook(),
  );

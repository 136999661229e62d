import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, type HeadersObject } from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiError, ApiJsonBody } from '../../openapi/api-answers.js';
import { CreateKeyRequest, KeyAnswer, KeysAnswer, NewKeyAnswer } from './keys.dto.js';

const ID = 'q1w2e3r4t5y6u7i8o9p0aA';

const STORED = {
  id: ID,
  subject: 'billing-service',
  kind: 'machine',
  grants: ['read', 'declare:billing.*'],
  pinned: {},
  description: 'the nightly job',
  created_at: '2026-03-01T09:00:00.000Z',
  expires_at: null,
  revoked_at: null,
  last_used_at: '2026-03-01T10:00:00.000Z',
  origins: [],
  rate: null,
};

const LOCATION: HeadersObject = {
  Location: {
    description: 'The path of the new key.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
    example: `/api/v1/keys/${ID}`,
  },
};

const ApiId = () => ApiParam({ name: 'id', description: 'The id of a key.', schema: { type: 'string', example: ID } });

const ApiNoSuchKey = () =>
  ApiError(404, 'There is no such key.', {
    field: 'id',
    parameter: 'id',
    code: 'key_not_found',
    message: `the key "${ID}" does not exist`,
  });

export const ApiCreateKey = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'createKey',
      summary: 'Make a key',
      description: 'Makes a key that programs or people authenticate by. Its text is in the answer, and nowhere else.',
    }),
    ApiJsonBody(CreateKeyRequest, 'Whose it is, and what it may do.', {
      'A service that reads everything and declares its own settings': {
        subject: 'billing-service',
        grants: ['read', 'declare:billing.*'],
      },
      'A tenant that sees its own values alone': {
        subject: 'tenant jim',
        grants: ['evaluate'],
        pinned: { account: 'jim' },
        expires_at: '2099-01-01T00:00:00Z',
      },
      'A page that sees some flags': {
        subject: 'web app',
        kind: 'public',
        grants: ['evaluate:ui.*'],
        origins: ['https://app.example.com'],
        rate: '600/m',
      },
    }),
    ApiAnswer(
      201,
      NewKeyAnswer,
      'The key was made.',
      {
        'The new key': {
          ...STORED,
          key: `hk_s_${ID}_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz012345`,
          last_used_at: null,
        },
      },
      LOCATION,
    ),
    ApiError(400, 'Access is not controlled here.', {
      field: 'request',
      message:
        'access is not controlled here: HEKSHER_AUTH=on controls it; until then "heksher keys create" makes keys',
    }),
    ApiError(422, 'The body is malformed, or a key with pinned features shall do more than evaluate.', {
      'No such action': {
        field: 'grants',
        pointer: '/grants/0',
        message:
          '"delete" is no grant; accepted: an action (evaluate, read, declare, propose, approve, write, admin), alone for all settings or with which, such as read, write:billing.* or evaluate:cache_size',
      },
      'A tenant that could read the rules of others': {
        field: 'grants',
        pointer: '/grants/0',
        code: 'exclusive',
        message: 'a key with pinned features may only evaluate; given: "read"',
      },
    }),
  );

export const ApiListKeys = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listKeys',
      summary: 'List the keys',
      description: 'All keys with what they may do and when they were used last, without anything of their secrets.',
    }),
    ApiAnswer(200, KeysAnswer, 'The keys.', { 'One key': { keys: [STORED] }, 'None yet': { keys: [] } }),
  );

export const ApiFindKey = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getKey',
      summary: 'Get a key',
      description: 'A key, without anything of its secret.',
    }),
    ApiId(),
    ApiAnswer(200, KeyAnswer, 'The key.', { 'A key': STORED }),
    ApiNoSuchKey(),
  );

export const ApiRevokeKey = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'revokeKey',
      summary: 'Revoke a key',
      description:
        'From this answer on, every replica refuses the key. It stays in the list, with when it was revoked; to revoke it again changes nothing.',
    }),
    ApiId(),
    ApiEmptyAnswer(204, 'The key is revoked.'),
    ApiNoSuchKey(),
  );

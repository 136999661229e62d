import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, type HeadersObject } from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiError, ApiJsonBody } from '../../openapi/api-answers.js';
import {
  CreatePrincipalRequest,
  PrincipalAnswer,
  PrincipalsAnswer,
  ReplacePrincipalRequest,
} from './principals.dto.js';

const ID = 'p1w2e3r4t5y6u7i8o9p0aA';
const ISSUER = 'https://login.example.com';

const STORED = {
  id: ID,
  kind: 'role',
  issuer: ISSUER,
  name: 'billing-team',
  grants: ['read', 'write:billing.*'],
  pinned: {},
  note: 'the team of billing',
  created_at: '2026-03-01T09:00:00.000Z',
  updated_at: '2026-03-01T09:00:00.000Z',
};

const LOCATION: HeadersObject = {
  Location: {
    description: 'The path of what was stored.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
    example: `/api/v1/principals/${ID}`,
  },
};

const ApiId = () =>
  ApiParam({ name: 'id', description: 'The id of a principal.', schema: { type: 'string', example: ID } });

const ApiNoSuchPrincipal = () =>
  ApiError(404, 'There is no such principal.', {
    field: 'id',
    parameter: 'id',
    code: 'principal_not_found',
    message: `the principal "${ID}" does not exist`,
  });

const ApiNotControlled = () =>
  ApiError(400, 'Access is not controlled here.', {
    field: 'request',
    message: 'access is not controlled here: HEKSHER_AUTH=on controls it',
  });

const ApiOdd = () =>
  ApiError(422, 'The body is malformed, or what pins context features shall do more than evaluate.', {
    'A role that pins': {
      field: 'pinned',
      pointer: '/pinned',
      code: 'exclusive',
      message: 'a role pins no context features; pin those of a subject or a client',
    },
    'A tenant that could read the rules of others': {
      field: 'grants',
      pointer: '/grants/0',
      code: 'exclusive',
      message: 'a principal with pinned features may only evaluate; given: "read"',
    },
  });

export const ApiCreatePrincipal = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'createPrincipal',
      summary: 'Store what a principal may do',
      description:
        'Stores what those may do who come with access tokens of an issuer: a subject, a client that asks for itself, or whoever has a role. It holds from the next request on.',
    }),
    ApiJsonBody(CreatePrincipalRequest, 'Of whom, and what they may do.', {
      'A team by its role': { kind: 'role', issuer: ISSUER, name: 'billing-team', grants: ['read', 'write:billing.*'] },
      'A tenant that sees its own values alone': {
        kind: 'client',
        issuer: ISSUER,
        name: 'tenant-jim',
        grants: ['evaluate'],
        pinned: { account: 'jim' },
        note: 'their own server',
      },
    }),
    ApiAnswer(201, PrincipalAnswer, 'It is stored.', { 'What is stored': STORED }, LOCATION),
    ApiNotControlled(),
    ApiError(409, 'Something is stored of them already.', {
      field: 'name',
      code: 'already_exists',
      message: `something is stored of the role "billing-team" of "${ISSUER}" already`,
      principal_id: ID,
    }),
    ApiOdd(),
  );

export const ApiListPrincipals = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listPrincipals',
      summary: 'List the principals',
      description: 'All that is stored of those who come with access tokens.',
    }),
    ApiAnswer(200, PrincipalsAnswer, 'The principals.', {
      'One role': { principals: [STORED] },
      'None yet': { principals: [] },
    }),
  );

export const ApiFindPrincipal = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getPrincipal',
      summary: 'Get a principal',
      description: 'What is stored of a principal.',
    }),
    ApiId(),
    ApiAnswer(200, PrincipalAnswer, 'The principal.', { 'A role': STORED }),
    ApiNoSuchPrincipal(),
  );

export const ApiReplacePrincipal = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'replacePrincipal',
      summary: 'Replace what a principal may do',
      description: 'Replaces all that is stored of a principal but of whom it is. It holds from the next request on.',
    }),
    ApiId(),
    ApiJsonBody(ReplacePrincipalRequest, 'What they may do.', {
      'They may read alone': { grants: ['read'], note: 'the team of billing' },
      'They may do nothing': { grants: [] },
    }),
    ApiAnswer(200, PrincipalAnswer, 'It is replaced.', { 'A role': { ...STORED, grants: ['read'] } }),
    ApiNotControlled(),
    ApiNoSuchPrincipal(),
    ApiOdd(),
  );

export const ApiDeletePrincipal = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'deletePrincipal',
      summary: 'Delete a principal',
      description:
        'From the next request on, tokens are looked at as if nothing had been stored. To shut somebody out, replace the grants by none.',
    }),
    ApiId(),
    ApiEmptyAnswer(204, 'It is deleted.'),
    ApiNotControlled(),
    ApiNoSuchPrincipal(),
  );

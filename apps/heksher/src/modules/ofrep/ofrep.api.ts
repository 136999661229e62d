import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOperation, ApiParam, ApiResponse, type HeadersObject } from '@nestjs/swagger';
import {
  ApiAnswer,
  ApiEmptyAnswer,
  ApiJsonBody,
  EXAMPLE_REQUEST_ID,
  type Examples,
  jsonContent,
} from '../../openapi/api-answers.js';
import { BulkError, EvaluationRequest, FlagAnswer, FlagError, FlagsAnswer } from './ofrep.dto.js';

const EXAMPLE_ETAG = '"pXb0kT3mJ6oYhF1u2c9aKpQwEz7"';

const STALE: HeadersObject = {
  'Heksher-Stale': {
    description:
      'There where the database does not answer and this comes from memory: since how many seconds it has not been compared with the database.',
    schema: { type: 'integer', minimum: 0, example: 12 },
  },
};

const ETAG: HeadersObject = {
  ETag: {
    description:
      'A strong tag of all settings and this very context, and of the clock while a ramp is running: the same on every replica.',
    required: true,
    schema: { type: 'string', pattern: '^"[^"]+"$' },
    example: EXAMPLE_ETAG,
  },
  ...STALE,
};

export const WWW_AUTHENTICATE: HeadersObject = {
  'WWW-Authenticate': {
    description: 'What credentials are taken, and what is wrong with those that were given (RFC 6750).',
    required: true,
    schema: { type: 'string' },
    example: 'Bearer realm="heksher"',
  },
};

export const RETRY_AFTER: HeadersObject = {
  'Retry-After': {
    description: 'After how many seconds to try again.',
    required: true,
    schema: { type: 'integer', minimum: 0 },
    example: 1,
  },
};

/** Errors of OFREP are JSON whatever `Accept` says, since its clients read no other. */
export function ApiOfrepError(
  status: number,
  model: Type,
  description: string,
  examples: Examples,
  headers: HeadersObject = {},
): MethodDecorator {
  const content = { 'application/json': jsonContent(model, examples) };
  return applyDecorators(ApiExtraModels(model), ApiResponse({ status, description, content, headers }));
}

type Fault = Readonly<{ errorCode: string; errorDetails: string }>;

const general = (errorDetails: string): Fault => ({ errorCode: 'GENERAL', errorDetails });
const GONE = `the database does not answer; try again later (request ${EXAMPLE_REQUEST_ID})`;

/** The errors of both operations. `named` adds what an error of the one has beyond those of the other. */
function ApiOfrepErrors(model: Type, named: object): MethodDecorator {
  const faults = (examples: Readonly<Record<string, Fault>>): Examples =>
    Object.fromEntries(Object.entries(examples).map(([summary, fault]) => [summary, { ...named, ...fault }]));
  return applyDecorators(
    ApiOfrepError(
      400,
      model,
      'The body or the context is malformed, or the value that is stored cannot be read.',
      faults({
        'A body that is not JSON': {
          errorCode: 'PARSE_ERROR',
          errorDetails: 'the body is not JSON: expected a value at position 0, found the end',
        },
        'A context that is not an object': {
          errorCode: 'INVALID_CONTEXT',
          errorDetails: 'the context must be a JSON object, not an array',
        },
      }),
    ),
    ApiOfrepError(
      401,
      model,
      'Where access is controlled: there are no credentials, or they do not hold (any longer).',
      faults({ 'A revoked key': general('the key is not known, or was revoked') }),
      WWW_AUTHENTICATE,
    ),
    ApiOfrepError(
      403,
      model,
      'A page of another origin sent this from a browser; or your credentials are not granted it.',
      faults({ 'Not granted': general('this needs the grant "evaluate" on "new_checkout", which you do not have') }),
    ),
    ApiOfrepError(
      413,
      model,
      'The body is longer than the limit.',
      faults({ 'Too large': general('the body is too large: request entity too large') }),
    ),
    ApiOfrepError(
      415,
      model,
      'The body has a `Content-Encoding` that is not known.',
      faults({ 'An unknown encoding': general('unsupported content encoding "compress"') }),
    ),
    ApiOfrepError(
      429,
      model,
      'Where rates are limited: you, or everybody at your address, ask more often than is allowed.',
      faults({ 'Too often': general('this is asked more often than is allowed (600/m); try again after 1 s') }),
      RETRY_AFTER,
    ),
    ApiOfrepError(
      500,
      model,
      'A fault of the service, which its log has; or it serves its documents only (`DOC_ONLY`).',
      faults({ 'A fault': general(`internal error (request ${EXAMPLE_REQUEST_ID})`) }),
    ),
    ApiOfrepError(
      503,
      model,
      'The database does not answer, and has not for too long.',
      faults({ 'No database': general(GONE) }),
      RETRY_AFTER,
    ),
  );
}

const ApiContext = () =>
  ApiJsonBody(EvaluationRequest, 'The context.', {
    'A user': { context: { targetingKey: 'user-1', account: 'jim', theme: 'dark' } },
    'Nothing known': {},
  });

export const ApiEvaluateFlag = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'evaluateFlag',
      summary: 'Evaluate one flag',
      description: `The value of a setting in a context, and why, by the OpenFeature Remote Evaluation Protocol (OFREP) 0.3.0.
Providers of OpenFeature for servers ask this once for each evaluation.`,
    }),
    ApiParam({
      name: 'key',
      description: 'The name or an alias of a setting.',
      schema: { type: 'string', example: 'new_checkout' },
    }),
    ApiContext(),
    ApiAnswer(
      200,
      FlagAnswer,
      'The value.',
      {
        'A variant of a rollout': {
          key: 'new_checkout',
          value: 'blue button',
          reason: 'SPLIT',
          variant: 'blue',
          metadata: { rollout_id: 3, version: '1.2' },
        },
        'The default': {
          key: 'cache_size',
          value: 60,
          reason: 'DEFAULT',
          variant: 'default',
          metadata: { version: '1.0' },
        },
      },
      STALE,
    ),
    ApiOfrepError(404, FlagError, 'No setting has that name or alias.', {
      'No such flag': {
        key: 'new_chekout',
        errorCode: 'FLAG_NOT_FOUND',
        errorDetails: 'the setting "new_chekout" does not exist',
      },
    }),
    ApiOfrepErrors(FlagError, { key: 'new_checkout' }),
  );

export const ApiEvaluateFlags = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'evaluateFlags',
      summary: 'Evaluate all flags',
      description: `The values of all settings in a context, by the OpenFeature Remote Evaluation Protocol (OFREP) 0.3.0. Providers of
OpenFeature for browsers and apps ask this when the context changes, and now and then with \`If-None-Match\`.`,
    }),
    ApiHeader({
      name: 'If-None-Match',
      description: 'Entity tags of answers you have, or `*` (RFC 9110).',
      required: false,
      schema: { type: 'string', example: EXAMPLE_ETAG },
    }),
    ApiContext(),
    ApiAnswer(
      200,
      FlagsAnswer,
      'The values.',
      {
        'Two flags': {
          flags: [
            { key: 'cache_size', value: 50, reason: 'TARGETING_MATCH', variant: 'rule-2', metadata: { rule_id: 2, version: '1.0' } }, // prettier-ignore
            { key: 'odd', errorCode: 'PARSE_ERROR', errorDetails: 'the stored value "NaN" is not JSON' },
          ],
          metadata: { revision: 'YJ1ZxkQ3' },
          eventStreams: [
            { type: 'sse', endpoint: { requestUri: '/ofrep/v1/events/configuration' }, inactivityDelaySec: 120 },
          ],
        },
      },
      ETAG,
    ),
    ApiEmptyAnswer(304, 'Nothing changed, in this context, since the answer with a tag of `If-None-Match`.', ETAG),
    ApiOfrepErrors(BulkError, {}),
  );

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
import { BulkError, EvaluationRequest, Flag, FlagError, Flags } from './ofrep.dto.js';

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

const RETRY_AFTER: HeadersObject = {
  'Retry-After': {
    description: 'After how many seconds to try again.',
    required: true,
    schema: { type: 'integer', minimum: 0 },
    example: 1,
  },
};

/** Errors of OFREP are JSON whatever `Accept` says, since its clients read no other. */
function ApiOfrepError(
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
      500,
      model,
      'A fault of the service, told in its log; or it serves its documents only (`DOC_ONLY`).',
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
      Flag,
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
      Flags,
      'The values.',
      {
        'Two flags': {
          flags: [
            { key: 'cache_size', value: 50, reason: 'TARGETING_MATCH', variant: 'rule-2', metadata: { rule_id: 2, version: '1.0' } }, // prettier-ignore
            { key: 'odd', errorCode: 'PARSE_ERROR', errorDetails: 'the stored value "NaN" is not JSON' },
          ],
          metadata: { revision: 'YJ1ZxkQ3' },
        },
      },
      ETAG,
    ),
    ApiEmptyAnswer(304, 'Nothing changed, in this context, since the answer with a tag of `If-None-Match`.', ETAG),
    ApiOfrepErrors(BulkError, {}),
  );

import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiQuery as ApiQueryParameter, type HeadersObject } from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiError } from '../../openapi/api-answers.js';
import { BOOLEAN_TEXT } from '../../openapi/api-schemas.js';
import { QueryAnswer } from './query.dto.js';

const EXAMPLE_ETAG = '"Xl0rB3mJ6oYhF1u2c9aKpQwEz7_"';

/** That an answer may be old. */
export const STALE: HeadersObject = {
  'Heksher-Stale': {
    description:
      'There where the database does not answer and this comes from memory: since how many seconds it has not been compared with the database.',
    schema: { type: 'integer', minimum: 0, example: 12 },
  },
};

/** That an answer is made from one revision. */
export const REVISION: HeadersObject = {
  'Heksher-Revision': {
    description:
      'The revision of the database that the answer is made from: its number, which each write raises, and the beginning of its token, which differs between databases.',
    schema: { type: 'string', pattern: '^[0-9]+-[0-9a-f]{8}$', example: '42-6f1c2a9e' },
  },
  ...STALE,
};

const ETAG: HeadersObject = {
  ETag: {
    description: 'A strong tag of this very content: the same on every replica and after a restart.',
    required: true,
    schema: { type: 'string', pattern: '^"[^"]+"$' },
    example: EXAMPLE_ETAG,
  },
  'Heksher-Revision': {
    description:
      'For who sends `Heksher-Client`: the revision that the answer is made from, to be told as `Heksher-Serving` the next time.',
    schema: { type: 'string', pattern: '^[0-9]+-[0-9a-f]{8}$', example: '42-6f1c2a9e' },
  },
  ...STALE,
};

export const ApiQuery = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'queryRules',
      summary: 'Query settings and their rules',
      description: `The main endpoint: the default values of settings, and the rules that can matter in the contexts you ask for.
Rules come by ascending id, their conditions in the order of the context features. A setting without such rules is
there with an empty list. Results are keyed by the canonical names of the settings, also where you ask by an alias.

**Who wins** in a context is for you to resolve: among the rules whose conditions all hold, compare from the last context
feature to the first; at the first feature where one rule has a condition and the other has none, the one with the
condition wins. Where no rule holds, the default value does. Rollouts, where a setting has some, are ranked with the rules: \`POST
/api/v1/evaluate\` evaluates both.

**Polling** is cheap with \`If-None-Match\`: as long as nothing changed for you, the answer is a 304 without a body. Who says by
\`Heksher-Client\` and \`Heksher-Serving\` who it is and what it serves is counted by \`GET /api/v1/propagation\`.`,
    }),
    ApiQueryParameter({
      name: 'settings',
      required: false,
      description: 'Names or aliases of settings, separated by commas. Absent: all settings; empty: none.',
      schema: { type: 'string', pattern: '^([a-zA-Z0-9_.]+(,[a-zA-Z0-9_.]+)*)?$', example: 'cache_size' },
    }),
    ApiQueryParameter({
      name: 'context_filters',
      required: false,
      description:
        'The contexts you care for: `*` for all, or a list of context features, each with the values in question or `*`. A rule ' +
        'is returned when each of its conditions is admitted by a filter on its feature; where this is empty, only rules ' +
        'without conditions are. Unknown features are ignored.',
      schema: { type: 'string', default: '*' },
      examples: {
        'All rules': { value: '*' },
        'Two users in any theme': { value: 'user:(john,guest),theme:*' },
        'Rules without conditions': { value: '' },
      },
    }),
    ApiQueryParameter({
      name: 'include_metadata',
      required: false,
      description: 'Whether each rule comes with its metadata.',
      schema: { ...BOOLEAN_TEXT, default: 'false', example: 'true' },
    }),
    ApiQueryParameter({
      name: 'include_rollouts',
      required: false,
      description:
        'For clients that evaluate by themselves: whether each setting comes with its type, its version and its rollouts, and ' +
        'the answer with the order of the context features. A rollout is returned when each of its conditions is admitted, as of ' +
        'a rule, and there is a filter on its feature.',
      schema: { ...BOOLEAN_TEXT, default: 'false', example: 'true' },
    }),
    ApiHeader({
      name: 'If-None-Match',
      description: 'Entity tags of answers you have, or `*` (RFC 9110).',
      required: false,
      schema: { type: 'string', example: EXAMPLE_ETAG },
    }),
    ApiAnswer(
      200,
      QueryAnswer,
      'The settings with their rules.',
      {
        'One setting': {
          settings: {
            cache_size: {
              rules: [
                { value: 100, context_features: [['account', 'john']], rule_id: 1 },
                {
                  value: 20,
                  context_features: [
                    ['user', 'guest'],
                    ['theme', 'dark'],
                  ],
                  rule_id: 2,
                },
              ],
              default_value: 60,
            },
          },
        },
        'With metadata': {
          settings: {
            cache_size: {
              rules: [
                { value: 100, context_features: [['account', 'john']], rule_id: 1, metadata: { ticket: 'OPS-1204' } },
              ],
              default_value: 60,
            },
          },
        },
        'With rollouts': {
          settings: {
            cache_size: {
              rules: [],
              default_value: 60,
              type: 'int',
              version: '1.0',
              rollouts: [
                {
                  rollout_id: 3,
                  feature: 'user',
                  context_features: [['account', 'john']],
                  enabled: true,
                  percentage: 20,
                  members: ['ann', 'jim'],
                  member_count: 2,
                  pattern: null,
                  value: 50,
                  hash: 'murmur3',
                  salt: 'cache_size',
                },
              ],
            },
          },
          context_features: ['account', 'user', 'theme'],
        },
      },
      ETAG,
    ),
    ApiEmptyAnswer(304, 'Nothing changed since the answer with a tag of `If-None-Match`.', ETAG),
    ApiError(400, 'A context feature is filtered more than once.', {
      field: 'context_filters',
      code: 'repeated',
      message: 'the context feature "user" is filtered twice',
    }),
    ApiError(404, 'Some of the settings do not exist.', {
      field: 'settings',
      code: 'setting_not_found',
      message: 'the setting "cache_sise" does not exist',
    }),
    ApiError(422, 'A parameter is malformed.', {
      'A filter that admits nothing': {
        field: 'context_filters',
        message:
          '"user:()" is not a context filter: no value at position 6; accepted: "*", or a list such as user:(john,jim),theme:*',
      },
    }),
  );

import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, type HeadersObject } from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiError, ApiJsonBody } from '../../openapi/api-answers.js';
import { RolloutAnswer, RolloutIdAnswer } from './rollouts.answers.js';
import { AddRolloutRequest, ChangeRolloutRequest } from './rollouts.dto.js';

export const ApiRolloutId = () =>
  ApiParam({ name: 'id', description: 'The id of a rollout.', schema: { type: 'integer', example: 3 } });

export const ApiNoSuchRollout = () => ApiError(404, 'There is no such rollout.', NO_SUCH_ROLLOUT);

export const NO_SUCH_ROLLOUT = {
  field: 'id',
  code: 'rollout_not_found',
  message: 'the rollout 3 does not exist',
} as const;

const LOCATION: HeadersObject = {
  Location: {
    description: 'The path of the new rollout.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
    example: '/api/v1/rollouts/3',
  },
};

const RAMP = { start: '2026-03-01T09:00:00+02:00', end: '2026-03-08T09:00:00+02:00', from: 1, to: 100 };
const VARIANTS = [
  { name: 'control', value: 'blue', weight: 2 },
  { name: 'green', value: 'green', weight: 1 },
];
const GRADUAL = { setting: 'new_checkout', feature: 'user', percentage: 1, value: true };
const EXPERIMENT = { setting: 'button_color', feature: 'user', percentage: 100, variants: VARIANTS };

const BAD_VALUE = {
  field: 'value',
  code: 'wrong_type',
  message: 'a rollout of the setting "new_checkout" must have a value of the type bool, not "on"',
} as const;
const BAD_VARIANT = {
  field: 'value',
  pointer: '/variants/1/value',
  code: 'wrong_type',
  message:
    'the variant "green" of a rollout of the setting "new_checkout" must have a value of the type bool, not "green"',
} as const;
const BAD_RAMP = {
  field: 'ramp',
  pointer: '/ramp/end',
  message: 'ramp.end: the ramp ends at "2026-03-01T09:00:00Z", before its start at "2026-03-08T09:00:00Z"',
};
const BAD_PATTERN = {
  field: 'pattern',
  message: 'the pattern "(a" is no RE2 syntax: missing closing ), "(a" at position 1',
};

export const ApiAddRollout = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'addRollout',
      summary: 'Add a rollout',
      description:
        'Adds a rollout: a rule that holds for some of the units only, which are the values of `feature`. It matches where it is ' +
        'enabled, all `feature_values` hold, and the unit is a member, or has the `pattern`, or falls into the `percentage`. ' +
        'No two rollouts of a setting have the same feature and conditions.',
    }),
    ApiJsonBody(AddRolloutRequest, 'The rollout.', {
      'One percent of the users': GRADUAL,
      'A ramp for one account, and whoever has an address of ours': {
        ...{ setting: 'new_checkout', feature: 'user', feature_values: { account: 'jim' }, ramp: RAMP },
        ...{ pattern: '@example\\.com$', value: true, metadata: { ticket: 'OPS-1204' } },
      },
      'An experiment': EXPERIMENT,
      'Three users and nobody else': {
        ...{ setting: 'new_checkout', feature: 'user', feature_values: { account: 'jim' } },
        ...{ value: true, members: ['ann', 'bob', 'jim'] },
      },
    }),
    ApiAnswer(201, RolloutIdAnswer, 'The rollout was added.', { 'The new rollout': { rollout_id: 3 } }, LOCATION),
    ApiError(400, 'The setting cannot have such a rollout.', {
      'A context feature that the setting is not configurable by': {
        field: 'feature_values',
        pointer: '/feature_values/team',
        code: 'not_configurable',
        message: 'the setting "new_checkout" is not configurable by "team" (it is by: account, user)',
      },
      'A value not of the type': BAD_VALUE,
      'A variant not of the type': BAD_VARIANT,
    }),
    ApiError(409, 'There is a rollout with exactly this feature and these conditions.', {
      field: 'feature',
      code: 'already_exists',
      message: 'rollout already exists: rollout 2 has exactly this feature and these conditions',
      rollout_id: 2,
    }),
    ApiError(422, 'The setting does not exist, or the body is malformed or contradicts itself.', {
      'No such setting': {
        field: 'setting',
        code: 'setting_not_found',
        message: 'the setting "new_chekout" does not exist',
      },
      'Two shares': { field: 'ramp', code: 'exclusive', message: 'give percentage or ramp, not both' },
      'A ramp backwards': BAD_RAMP,
      'A broken pattern': BAD_PATTERN,
    }),
  );

export const SHOWN = {
  ...{ rollout_id: 3, setting: 'new_checkout', feature: 'user', feature_values: { account: 'jim' }, enabled: true },
  ...{ ramp: RAMP, pattern: '@example\\.com$', value: true, hash: 'murmur3', salt: 'new_checkout' },
  ...{ metadata: { ticket: 'OPS-1204' }, member_count: 2 },
  ...{ state: 'ramping', percentage_now: 40, next_change: '2026-03-08T07:00:00.000Z' },
};
const SHOWN_EXPERIMENT = {
  ...{ rollout_id: 4, setting: 'button_color', feature: 'user', feature_values: {}, enabled: true, percentage: 100 },
  ...{ pattern: null, variants: VARIANTS, hash: 'murmur3', salt: 'button_color', metadata: {}, member_count: 0 },
  ...{ state: 'on', percentage_now: 100, next_change: null },
};

export const ApiFindRollout = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getRollout',
      summary: 'Get a rollout',
      description:
        'A rollout with all that is known of it. Members are counted, not listed. The `ETag` is that of what is stored: ' +
        '`state`, `percentage_now` and `next_change` go by the clock and do not change it, so that a write during a ramp can be on ' +
        'condition of it.',
    }),
    ApiRolloutId(),
    ApiAnswer(200, RolloutAnswer, 'The rollout.', { 'A ramp': SHOWN, 'An experiment': SHOWN_EXPERIMENT }),
    ApiNoSuchRollout(),
  );

export const ApiChangeRollout = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'changeRollout',
      summary: 'Change a rollout',
      description:
        'Changes what the body names. A `percentage` replaces a ramp and a `ramp` the percentage, a `value` the variants and ' +
        '`variants` the value. `null` takes the pattern away. `metadata` replaces all metadata, and ' +
        '`feature_values` all conditions. Setting and feature stay as they are.',
    }),
    ApiRolloutId(),
    ApiJsonBody(ChangeRolloutRequest, 'What is to be different.', {
      'More users': { percentage: 10 },
      'A ramp': { ramp: RAMP },
      'The kill switch': { enabled: false },
      'For one account only': { feature_values: { account: 'jim' } },
      'Another pattern and no metadata': { pattern: '^beta-', metadata: {} },
    }),
    ApiEmptyAnswer(204, 'The rollout is as the body says.'),
    ApiError(400, 'A value is not of the type of the setting.', { 'A value': BAD_VALUE, 'A variant': BAD_VARIANT }),
    ApiNoSuchRollout(),
    ApiError(409, 'Another rollout of the setting has the same feature and these conditions.', {
      field: 'feature_values',
      code: 'already_exists',
      rollout_id: 4,
      message: 'rollout already exists: rollout 4 has exactly this feature and these conditions',
    }),
    ApiError(422, 'The body is malformed, contradicts itself, changes nothing, or what cannot be changed.', {
      'Nothing to change': {
        field: 'body',
        code: 'missing',
        message:
          'the body changes nothing; give one or more of enabled, percentage, ramp, pattern, value, variants, hash, salt, metadata, feature_values',
      },
      'Another feature': {
        field: 'feature',
        code: 'immutable',
        message: 'the setting and feature of a rollout cannot be changed: delete it and add another',
      },
      'A broken pattern': BAD_PATTERN,
    }),
  );

export const ApiDeleteRollout = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'deleteRollout',
      summary: 'Delete a rollout',
      description: 'Deletes the rollout with its members and metadata. Its id is not given to another rollout.',
    }),
    ApiRolloutId(),
    ApiEmptyAnswer(204, 'It was deleted.'),
    ApiNoSuchRollout(),
  );

import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam } from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiError, ApiJsonBody } from '../../openapi/api-answers.js';
import { SETTING_NAME } from '../../openapi/api-schemas.js';
import { OverrideAnswer, RuleIdAnswer } from './rules.answers.js';
import { OverrideRequest } from './rules.dto.js';

const ApiSettingName = () =>
  ApiParam({
    name: 'name',
    description: 'The name of a setting, or one of its aliases.',
    schema: { ...SETTING_NAME, example: 'cache_size' },
  });

const NO_SUCH_SETTING = {
  field: 'name',
  code: 'setting_not_found',
  message: 'the setting "cache_size" does not exist',
} as const;

const ApiNoOverride = () =>
  ApiError(404, 'There is no such setting, or it has no override.', {
    'No override': { field: 'name', code: 'override_not_found', message: 'the setting "cache_size" has no override' },
    'No such setting': NO_SUCH_SETTING,
  });

export const ApiFindOverride = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getOverride',
      summary: 'Get the override of a setting',
      description: 'The value for everyone for whom no rule or rollout decides, where it is not the default.',
    }),
    ApiSettingName(),
    ApiAnswer(200, OverrideAnswer, 'The override.', {
      'Of a number': { value: 90, metadata: { ticket: 'OPS-1204' }, rule_id: 7 },
    }),
    ApiNoOverride(),
  );

export const ApiSetOverride = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'setOverride',
      summary: 'Override the default of a setting',
      description:
        'Gives everyone this value for whom no rule or rollout decides, without a new version: the default stays what code ' +
        'declares. It is kept as a rule without conditions, which all clients know how to read; `If-None-Match: *` only makes ' +
        'a new one. Metadata that is not given is none.',
    }),
    ApiSettingName(),
    ApiJsonBody(OverrideRequest, 'The override.', {
      'A number': { value: 90 },
      'With metadata': { value: 90, metadata: { ticket: 'OPS-1204' } },
    }),
    ApiAnswer(
      201,
      RuleIdAnswer,
      'The override is new.',
      { 'The new rule': { rule_id: 7 } },
      {
        'Content-Location': {
          description: 'The path of the rule that the override is.',
          required: true,
          schema: { type: 'string', format: 'uri-reference' },
          example: '/api/v1/rules/7',
        },
      },
    ),
    ApiEmptyAnswer(204, 'The override that was there is as the body says.'),
    ApiError(400, 'The value is not of the type of the setting.', {
      field: 'value',
      code: 'wrong_type',
      message: 'an override of the setting "cache_size" must have a value of the type int, not "big"',
    }),
    ApiError(404, 'There is no such setting.', NO_SUCH_SETTING),
  );

export const ApiDeleteOverride = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'deleteOverride',
      summary: 'Take the override of a setting away',
      description: 'The default holds again where no rule or rollout decides.',
    }),
    ApiSettingName(),
    ApiEmptyAnswer(204, 'There is no override any more.'),
    ApiNoOverride(),
  );

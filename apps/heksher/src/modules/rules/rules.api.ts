import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, type HeadersObject } from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiError, ApiJsonBody } from '../../openapi/api-answers.js';
import { RuleAnswer, RuleIdAnswer } from './rules.answers.js';
import { AddRuleRequest, ChangeRuleRequest, RuleValueRequest } from './rules.dto.js';

export const ApiRuleId = () =>
  ApiParam({
    name: 'id',
    description: 'The id of a rule.',
    schema: { type: 'integer', example: 7 },
  });

export const ApiNoSuchRule = () =>
  ApiError(
    404,
    'There is no such rule.',
    { field: 'id', code: 'rule_not_found', message: 'the rule 7 does not exist' },
    { text: 'empty' },
  );

const LOCATION: HeadersObject = {
  Location: {
    description: 'The id of the new rule after a slash, as clients of earlier versions expect it.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
    example: '/7',
  },
  'Content-Location': {
    description: 'The path of the new rule.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
    example: '/api/v1/rules/7',
  },
};

const BAD_VALUE = {
  field: 'value',
  code: 'wrong_type',
  message: 'a rule of the setting "cache_size" must have a value of the type int, not "big"',
} as const;

export const ApiAddRule = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'addRule',
      summary: 'Add a rule',
      description:
        'Adds a rule: `value` holds for the setting wherever all `feature_values` do. The setting must be configurable ' +
        'by each of these context features, and the value be of its type. No two rules of a setting have the same conditions.',
    }),
    ApiJsonBody(AddRuleRequest, 'The rule.', {
      'One condition': { setting: 'cache_size', feature_values: { account: 'john' }, value: 100 },
      'Two conditions, with metadata': {
        setting: 'cache_size',
        feature_values: { user: 'guest', theme: 'dark' },
        value: 20,
        metadata: { ticket: 'OPS-1204' },
      },
    }),
    ApiAnswer(201, RuleIdAnswer, 'The rule was added.', { 'The new rule': { rule_id: 7 } }, LOCATION),
    ApiError(400, 'The setting cannot have such a rule.', {
      'A context feature that the setting is not configurable by': {
        field: 'feature_values',
        pointer: '/feature_values/team',
        code: 'not_configurable',
        message: 'the setting "cache_size" is not configurable by "team" (it is by: account, user, theme)',
      },
      'A value not of the type': BAD_VALUE,
    }),
    ApiError(409, 'There is a rule with exactly these conditions.', {
      field: 'feature_values',
      code: 'already_exists',
      message: 'rule already exists: rule 3 has exactly these conditions',
      rule_id: 3,
    }),
    ApiError(422, 'The setting does not exist, there are no conditions, or the body is malformed.', {
      'No such setting': {
        field: 'setting',
        code: 'setting_not_found',
        message: 'the setting "cache_sise" does not exist',
      },
      'No conditions': {
        field: 'feature_values',
        message: 'feature_values must be a non-empty object from context features to their values; given: {}',
      },
    }),
  );

export const ApiSearchRule = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'searchRule',
      summary: 'Find a rule by its conditions',
      description: 'The id of the rule that has exactly the given conditions, neither more nor fewer.',
    }),
    ApiAnswer(200, RuleIdAnswer, 'The rule.', { 'The rule found': { rule_id: 7 } }),
    ApiError(404, 'There is no such rule, for which the text is empty, or no such setting.', {
      'No such setting': {
        field: 'setting',
        code: 'setting_not_found',
        message: 'the setting "cache_sise" does not exist',
      },
      'No such rule': {
        field: 'feature_values',
        code: 'rule_not_found',
        message: 'the setting "cache_size" has no rule with exactly user:guest,theme:dark',
      },
    }),
    ApiError(422, 'A parameter is missing or malformed, or names a context feature twice.', {
      'No value': {
        field: 'feature_values',
        message:
          '"user:" is not a list of feature values: no value at position 5; accepted: one value for each feature, such as user:john,theme:dark',
      },
    }),
  );

export const ApiFindRule = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getRule',
      summary: 'Get a rule',
      description: 'A rule with its setting, value, conditions and metadata.',
    }),
    ApiRuleId(),
    ApiAnswer(200, RuleAnswer, 'The rule.', {
      'Two conditions': {
        setting: 'cache_size',
        value: 20,
        feature_values: [
          ['user', 'guest'],
          ['theme', 'dark'],
        ],
        metadata: { ticket: 'OPS-1204' },
      },
    }),
    ApiNoSuchRule(),
  );

export const ApiChangeRule = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'changeRule',
      summary: 'Change a rule',
      description:
        'Changes what the body names of conditions, value and metadata, all at once or nothing: nobody sees the rule half ' +
        'changed, or gone. `feature_values` replaces all conditions, `metadata` all metadata.',
    }),
    ApiRuleId(),
    ApiJsonBody(ChangeRuleRequest, 'What is to be different.', {
      'All of it': { feature_values: { user: 'guest' }, value: 30, metadata: { ticket: 'OPS-1300' } },
      'The value and why': { value: 30, metadata: { ticket: 'OPS-1300' } },
    }),
    ApiEmptyAnswer(204, 'The rule is as the body says.'),
    ApiError(400, 'The setting is not configurable by a context feature, or the value is not of its type.', {
      'A value of another type': BAD_VALUE,
    }),
    ApiNoSuchRule(),
    ApiError(409, 'Another rule of the setting has exactly these conditions.', {
      field: 'feature_values',
      code: 'already_exists',
      rule_id: 8,
      message: 'rule already exists: rule 8 has exactly these conditions',
    }),
    ApiError(422, 'The body is malformed, or changes nothing.', {
      'Nothing to change': {
        field: 'body',
        code: 'missing',
        message: 'the body changes nothing; give one or more of feature_values, value, metadata',
      },
      'A member that is none': {
        field: 'valeu',
        code: 'unknown_member',
        message: '"valeu" is no member of this body; accepted: feature_values, value, metadata',
      },
    }),
  );

const changesValue = [
  ApiRuleId(),
  ApiJsonBody(RuleValueRequest, 'The new value.', { 'A number': { value: 30 }, 'No value at all': { value: null } }),
  ApiEmptyAnswer(204, 'The rule has this value now.'),
  ApiError(400, 'The value is not of the type of the setting.', BAD_VALUE),
  ApiNoSuchRule(),
];

export const ApiChangeRuleValue = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'changeRuleValue',
      summary: 'Change the value of a rule',
      description: 'Gives the rule another value; its conditions and metadata stay.',
    }),
    ...changesValue,
  );

export const ApiPatchRule = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'patchRule',
      summary: 'Change the value of a rule (deprecated)',
      description: 'The earlier spelling of `PUT /api/v1/rules/{id}/value`, which is to be used instead.',
      deprecated: true,
    }),
    ...changesValue,
  );

export const ApiDeleteRule = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'deleteRule',
      summary: 'Delete a rule',
      description: 'Deletes the rule and its metadata. Its id is not given to another rule.',
    }),
    ApiRuleId(),
    ApiEmptyAnswer(204, 'It was deleted.'),
    ApiNoSuchRule(),
  );

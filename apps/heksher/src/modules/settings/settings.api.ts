import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiParam } from '@nestjs/swagger';
import { ApiEmptyAnswer, ApiError, ApiJsonBody, jsonContent } from '../../openapi/api-answers.js';
import { SETTING_NAME } from '../../openapi/api-schemas.js';
import { ConflictsAnswer } from './settings.answers.js';
import { ChangeConfigurableFeaturesRequest, ChangeTypeRequest, RenameSettingRequest } from './settings.dto.js';

export const ApiSettingName = () =>
  ApiParam({
    name: 'name',
    description: 'The name of a setting, or one of its aliases.',
    schema: { ...SETTING_NAME, example: 'cache_size' },
  });

export const ApiNoSuchSetting = () => ApiError(404, 'There is no such setting.', NO_SUCH_SETTING);

export const NO_SUCH_SETTING = {
  field: 'name',
  code: 'setting_not_found',
  message: 'the setting "cache_size" does not exist',
} as const;

/** What the version of a change may contradict. */
export const NOT_HIGHER = {
  field: 'version',
  code: 'version_too_low',
  message: 'the setting "cache_size" is at version 1.1 already; give a higher version',
  latest_version: '1.1',
} as const;

const CONFLICT = { field: 'type', code: 'wrong_type', pointer: '/type' } as const;
const DEFAULT_CONFLICT = { ...CONFLICT, message: 'the default value 60 is not of the type str' };
const RULE_CONFLICT = {
  ...CONFLICT,
  message: 'rule 7 (user, theme) has the value 20, not of the type str',
  rule_id: 7,
};

export const CACHE_SIZE = { name: 'cache_size', type: 'int', default_value: 60, version: '1.0' };
export const IN_FULL = {
  ...CACHE_SIZE,
  configurable_features: ['account', 'user', 'theme'],
  metadata: { team: 'storage' },
  aliases: ['cache_limit'],
};

export const ApiDeleteSetting = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'deleteSetting',
      summary: 'Delete a setting',
      description: 'Deletes the setting with its rules, its metadata and its aliases.',
    }),
    ApiSettingName(),
    ApiEmptyAnswer(204, 'It was deleted.'),
    ApiNoSuchSetting(),
  );

export const ApiChangeType = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'changeSettingType',
      summary: 'Change the type of a setting',
      description: `Gives the setting another type, which the default value and the values of all rules must fit. A type that is
no subtype of the present one takes a new major version. With the present type only the version moves; with the
present version as well, nothing happens.`,
    }),
    ApiSettingName(),
    ApiJsonBody(ChangeTypeRequest, 'The new type, and the version that it comes with.', {
      'A wider type': { type: 'float', version: '2.0' },
    }),
    ApiEmptyAnswer(204, 'The setting has this type now.'),
    ApiNoSuchSetting(),
    ApiExtraModels(ConflictsAnswer),
    ApiError(409, 'The version is older than the latest, or there are conflicts, which are listed.', NOT_HIGHER, {
      content: {
        'application/json': jsonContent(ConflictsAnswer, {
          'Values that do not fit': {
            conflicts: [DEFAULT_CONFLICT.message, RULE_CONFLICT.message],
            errors: [DEFAULT_CONFLICT, RULE_CONFLICT],
          },
        }),
      },
    }),
  );

export const ApiRenameSetting = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'renameSetting',
      summary: 'Rename a setting',
      description: `Gives the setting another canonical name; the present one becomes an alias, by which it is found as before. An alias
of its own becomes the canonical name. With the present name only the version moves; with the present version as well, nothing happens.`,
    }),
    ApiSettingName(),
    ApiJsonBody(RenameSettingRequest, 'The new name, and the version that it comes with.', {
      'A new name': { name: 'cache_limit', version: '1.1' },
    }),
    ApiEmptyAnswer(204, 'The setting has this name now.'),
    ApiNoSuchSetting(),
    ApiError(409, 'The version is not higher, or the name is in use by another setting.', {
      'Not a higher version': NOT_HIGHER,
      'A name in use': {
        field: 'name',
        code: 'name_taken',
        message: 'the name "cache_limit" is in use by the setting "limits"',
        setting: 'limits',
      },
    }),
  );

export const ApiChangeConfigurableFeatures = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'changeConfigurableFeatures',
      summary: 'Change the configurable features of a setting',
      description: `Sets the context features that rules of this setting may have conditions on. Removing one that no rule uses takes a
higher version, adding one a new major version. With the present ones only the version moves.`,
    }),
    ApiSettingName(),
    ApiJsonBody(ChangeConfigurableFeaturesRequest, 'All configurable features, and the version that they come with.', {
      'One fewer': { configurable_features: ['account', 'user'], version: '1.1' },
    }),
    ApiEmptyAnswer(204, 'The setting is configurable by these now.'),
    ApiError(404, 'There is no such setting, or no such context feature.', {
      'No such setting': NO_SUCH_SETTING,
      'No such context feature': {
        field: 'configurable_features',
        pointer: '/configurable_features/1',
        code: 'context_feature_not_found',
        message: 'the context feature "team" does not exist',
      },
    }),
    ApiError(409, 'The version does not do, or a rule uses what is removed.', {
      'Not a higher version': NOT_HIGHER,
      'Not a new major version': {
        field: 'version',
        code: 'needs_major_version',
        message: 'adding the configurable features team needs a new major version',
      },
      'In use': {
        field: 'configurable_features',
        code: 'in_use',
        message: 'the configurable feature theme is in use by rule 7',
        rule_id: 7,
      },
    }),
  );

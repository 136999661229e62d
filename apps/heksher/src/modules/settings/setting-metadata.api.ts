import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam } from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiError, ApiJsonBody } from '../../openapi/api-answers.js';
import { MetadataAnswer } from '../../openapi/api-metadata.js';
import { METADATA_KEY } from '../../openapi/api-schemas.js';
import { ApiNoSuchSetting, ApiSettingName, NOT_HIGHER } from './settings.api.js';
import { SettingMetadataRequest, SettingMetadataValueRequest, SettingVersionRequest } from './settings.dto.js';

const ApiKey = () =>
  ApiParam({ name: 'key', description: 'A key of the metadata.', schema: { ...METADATA_KEY, example: 'team' } });

const ApiNotHigher = () => ApiError(409, 'The version is not higher than the latest.', NOT_HIGHER);

const NEXT_VERSION = { 'The next version': { version: '1.1' } };
const METADATA = { team: 'storage', reviewed: true };

export const ApiFindSettingMetadata = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getSettingMetadata',
      summary: 'Get the metadata of a setting',
      description: 'All metadata of the setting; an empty object where there is none.',
    }),
    ApiSettingName(),
    ApiAnswer(200, MetadataAnswer, 'The metadata.', { 'Two keys': { metadata: METADATA }, None: { metadata: {} } }),
    ApiNoSuchSetting(),
  );

export const ApiMergeSettingMetadata = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'mergeSettingMetadata',
      summary: 'Add to the metadata of a setting',
      description: 'Sets the given keys, other keys stay as they are, and moves the setting to a higher version.',
    }),
    ApiSettingName(),
    ApiJsonBody(SettingMetadataRequest, 'The keys to set, and the version that they come with.', {
      'Two keys': { metadata: METADATA, version: '1.1' },
    }),
    ApiEmptyAnswer(204, 'The keys are set.'),
    ApiNoSuchSetting(),
    ApiNotHigher(),
  );

export const ApiReplaceSettingMetadata = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'replaceSettingMetadata',
      summary: 'Replace the metadata of a setting',
      description: 'Sets exactly the given keys, deletes all others, and moves the setting to a higher version.',
    }),
    ApiSettingName(),
    ApiJsonBody(
      SettingMetadataRequest,
      'All metadata of the setting from now on, and the version that it comes with.',
      {
        'Two keys': { metadata: METADATA, version: '1.1' },
      },
    ),
    ApiEmptyAnswer(204, 'The setting has this metadata now.'),
    ApiNoSuchSetting(),
    ApiNotHigher(),
  );

export const ApiClearSettingMetadata = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'clearSettingMetadata',
      summary: 'Delete all metadata of a setting',
      description: 'Deletes every key, and moves the setting to a higher version, which the body of the request gives.',
    }),
    ApiSettingName(),
    ApiJsonBody(SettingVersionRequest, 'The version that the change comes with.', NEXT_VERSION),
    ApiEmptyAnswer(204, 'The setting has no metadata now.'),
    ApiNoSuchSetting(),
    ApiNotHigher(),
  );

export const ApiPutSettingMetadataKey = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'putSettingMetadataKey',
      summary: 'Set one key of the metadata of a setting',
      description: 'Sets the key, whether or not it is there already, and moves the setting to a higher version.',
    }),
    ApiSettingName(),
    ApiKey(),
    ApiJsonBody(SettingMetadataValueRequest, 'The value of the key, and the version that it comes with.', {
      'A text': { value: 'storage', version: '1.1' },
    }),
    ApiEmptyAnswer(204, 'The key is set.'),
    ApiNoSuchSetting(),
    ApiNotHigher(),
  );

export const ApiDeleteSettingMetadataKey = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'deleteSettingMetadataKey',
      summary: 'Delete one key of the metadata of a setting',
      description:
        'Deletes the key, and moves the setting to a higher version, which the body of the request gives. A key that is not there is no error.',
    }),
    ApiSettingName(),
    ApiKey(),
    ApiJsonBody(SettingVersionRequest, 'The version that the change comes with.', NEXT_VERSION),
    ApiEmptyAnswer(204, 'The key is not there now.'),
    ApiNoSuchSetting(),
    ApiNotHigher(),
  );

import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam } from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiJsonBody } from '../../openapi/api-answers.js';
import { MetadataAnswer } from '../../openapi/api-metadata.js';
import { METADATA_KEY } from '../../openapi/api-schemas.js';
import { ApiNoSuchRule, ApiRuleId } from './rules.api.js';
import { RuleMetadataRequest, RuleMetadataValueRequest } from './rules.dto.js';

const ApiKey = () =>
  ApiParam({ name: 'key', description: 'A key of the metadata.', schema: { ...METADATA_KEY, example: 'ticket' } });

const EXAMPLES = { 'Two keys': { metadata: { ticket: 'OPS-1204', reviewed: true } } };

export const ApiFindRuleMetadata = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getRuleMetadata',
      summary: 'Get the metadata of a rule',
      description: 'All metadata of the rule; an empty object where there is none.',
    }),
    ApiRuleId(),
    ApiAnswer(200, MetadataAnswer, 'The metadata.', { ...EXAMPLES, None: { metadata: {} } }),
    ApiNoSuchRule(),
  );

export const ApiMergeRuleMetadata = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'mergeRuleMetadata',
      summary: 'Add to the metadata of a rule',
      description: 'Sets the given keys; other keys stay as they are.',
    }),
    ApiRuleId(),
    ApiJsonBody(RuleMetadataRequest, 'The keys to set.', EXAMPLES),
    ApiEmptyAnswer(204, 'The keys are set.'),
    ApiNoSuchRule(),
  );

export const ApiReplaceRuleMetadata = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'replaceRuleMetadata',
      summary: 'Replace the metadata of a rule',
      description: 'Sets exactly the given keys; other keys are deleted.',
    }),
    ApiRuleId(),
    ApiJsonBody(RuleMetadataRequest, 'All metadata of the rule from now on.', EXAMPLES),
    ApiEmptyAnswer(204, 'The rule has this metadata now.'),
    ApiNoSuchRule(),
  );

export const ApiClearRuleMetadata = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'clearRuleMetadata',
      summary: 'Delete all metadata of a rule',
      description: 'Deletes every key.',
    }),
    ApiRuleId(),
    ApiEmptyAnswer(204, 'The rule has no metadata now.'),
    ApiNoSuchRule(),
  );

export const ApiPutRuleMetadataKey = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'putRuleMetadataKey',
      summary: 'Set one key of the metadata of a rule',
      description: 'Sets the key, whether or not it is there already.',
    }),
    ApiRuleId(),
    ApiKey(),
    ApiJsonBody(RuleMetadataValueRequest, 'The value of the key.', { 'A text': { value: 'OPS-1204' } }),
    ApiEmptyAnswer(204, 'The key is set.'),
    ApiNoSuchRule(),
  );

export const ApiDeleteRuleMetadataKey = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'deleteRuleMetadataKey',
      summary: 'Delete one key of the metadata of a rule',
      description: 'Deletes the key. One that is not there is no error.',
    }),
    ApiRuleId(),
    ApiKey(),
    ApiEmptyAnswer(204, 'The key is not there now.'),
    ApiNoSuchRule(),
  );

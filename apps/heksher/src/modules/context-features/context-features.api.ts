import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam } from '@nestjs/swagger';
import { ApiAnswer, ApiEmptyAnswer, ApiError, ApiJsonBody } from '../../openapi/api-answers.js';
import { CONTEXT_FEATURE_NAME } from '../../openapi/api-schemas.js';
import {
  AddContextFeatureRequest,
  ContextFeatureAnswer,
  ContextFeaturesAnswer,
  MoveContextFeatureRequest,
} from './context-features.dto.js';

const ApiName = () =>
  ApiParam({
    name: 'name',
    description: 'The name of a context feature.',
    schema: { ...CONTEXT_FEATURE_NAME, example: 'user' },
  });

const NO_SUCH_FEATURE = {
  field: 'name',
  code: 'context_feature_not_found',
  message: 'the context feature "user" does not exist',
} as const;

const ApiNoSuchFeature = () => ApiError(404, 'There is no such context feature.', NO_SUCH_FEATURE, { text: 'empty' });

export const ApiListContextFeatures = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'listContextFeatures',
      summary: 'List the context features',
      description: 'All context features in order. A rule with a condition on a later one wins over a rule without.',
    }),
    ApiAnswer(200, ContextFeaturesAnswer, 'The context features, the most specific one last.', {
      'Three context features': { context_features: ['account', 'user', 'theme'] },
      'None yet': { context_features: [] },
    }),
  );

export const ApiFindContextFeature = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'getContextFeature',
      summary: 'Get the place of a context feature',
      description: 'Where a context feature stands in the order, counted from 0.',
    }),
    ApiName(),
    ApiAnswer(200, ContextFeatureAnswer, 'Its place.', { 'The second of the list': { index: 1 } }),
    ApiNoSuchFeature(),
  );

export const ApiAddContextFeature = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'addContextFeature',
      summary: 'Add a context feature',
      description:
        'Adds a context feature at the end of the order, where it is the most specific one. Move it afterwards where it belongs elsewhere.',
    }),
    ApiJsonBody(AddContextFeatureRequest, 'The context feature to add.', { 'A new one': { context_feature: 'theme' } }),
    ApiEmptyAnswer(204, 'It was added.'),
    ApiError(409, 'There is one of that name already.', {
      field: 'context_feature',
      code: 'already_exists',
      message: 'context feature already exists',
    }),
    ApiError(422, 'The name can be none, or the body is malformed.', {
      'A name that can be none': {
        field: 'context_feature',
        message:
          'context_feature must be the name of a context feature: 1 to 255 letters a-z and A-Z, digits and "_"; given: "no name"',
      },
    }),
  );

export const ApiDeleteContextFeature = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'deleteContextFeature',
      summary: 'Delete a context feature',
      description: 'Deletes a context feature that no setting is configurable by. Those behind it move up.',
    }),
    ApiName(),
    ApiEmptyAnswer(204, 'It was deleted.'),
    ApiNoSuchFeature(),
    ApiError(409, 'Some setting is configurable by it.', {
      field: 'name',
      code: 'in_use',
      message: "context feature can't be deleted, there is at least one setting configured by it",
    }),
  );

export const ApiMoveContextFeature = () =>
  applyDecorators(
    ApiOperation({
      operationId: 'moveContextFeature',
      summary: 'Move a context feature',
      description:
        'Moves a context feature right before or right after another one. This may change which rule wins wherever ' +
        'rules have conditions on both. Moved next to itself, it stays where it is.',
    }),
    ApiName(),
    ApiJsonBody(MoveContextFeatureRequest, 'Exactly one of the two places.', {
      'Right after another': { to_after: 'account' },
      'Right before another': { to_before: 'theme' },
    }),
    ApiEmptyAnswer(204, 'It stands there now.'),
    ApiError(404, 'One of the two does not exist.', NO_SUCH_FEATURE, { text: 'empty' }),
    ApiError(422, 'Neither or both places are given, or the body or the name is malformed.', {
      'Both places': {
        field: 'to_after',
        code: 'exclusive',
        message: 'give exactly one of to_after and to_before; given: both',
      },
    }),
  );

import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, getSchemaPath, type MediaTypeObject } from '@nestjs/swagger';
import { ApiError, ApiJsonBody, type Examples, toExamples } from '../../openapi/api-answers.js';
import {
  CreatedAnswer,
  MismatchAnswer,
  OutdatedAnswer,
  RejectedAnswer,
  UpgradedAnswer,
  UpToDateAnswer,
} from './declaration.answers.js';
import { DeclareSettingRequest } from './settings.dto.js';

const ACCEPTED = {
  created: CreatedAnswer,
  uptodate: UpToDateAnswer,
  upgraded: UpgradedAnswer,
  outdated: OutdatedAnswer,
};
const REFUSED = { mismatch: MismatchAnswer, rejected: RejectedAnswer };

const DESCRIPTION = `Code declares the settings it relies on, usually each time it starts. What is not there is created; what is as declared
stays; a higher version upgrades the setting; a lower one is told what happened since.

| The declared version | Differences | Outcome |
| --- | --- | --- |
| of a new setting: \`1.0\` | | 200 \`created\` |
| the latest one | none | 200 \`uptodate\` |
| the latest one | any | 409 \`mismatch\` |
| lower | any | 200 \`outdated\` |
| higher | a minor version allows minor ones, a major version major ones as well | 200 \`upgraded\` |
| higher | others | 409 \`rejected\` |

| Difference | Level |
| --- | --- |
| another \`default_value\`, \`metadata\` or name | minor |
| a \`type\` that is a subtype of the latest one | minor |
| any other \`type\` | major |
| a \`type\` that the value of some rule does not fit | mismatch |
| \`configurable_features\` removed that no rule uses | minor |
| \`configurable_features\` added | major |
| \`configurable_features\` removed that a rule uses | mismatch |

**To rename** a setting, declare it under its new name with the present one as \`alias\`: the old name becomes an alias.`;

export const ApiDeclareSetting = () =>
  applyDecorators(
    ApiOperation({ operationId: 'declareSetting', summary: 'Declare a setting', description: DESCRIPTION }),
    ApiJsonBody(DeclareSettingRequest, 'What the declaring code relies on.', {
      'A new setting': {
        name: 'cache_size',
        type: 'int',
        default_value: 60,
        configurable_features: ['account', 'user', 'theme'],
        metadata: { team: 'storage' },
      },
      'A rename': {
        name: 'cache_limit',
        alias: 'cache_size',
        type: 'int',
        default_value: 60,
        configurable_features: ['account', 'user', 'theme'],
        version: '1.1',
      },
    }),
    ApiExtraModels(...Object.values(ACCEPTED), ...Object.values(REFUSED)),
    ApiResponse({
      status: 200,
      description: 'The declaring code can rely on the setting.',
      content: {
        'application/json': outcomes(ACCEPTED, {
          Created: { outcome: 'created' },
          'Up to date': { outcome: 'uptodate' },
          Upgraded: {
            outcome: 'upgraded',
            previous_version: '1.0',
            differences: [{ level: 'minor', attribute: 'default_value', latest_value: 60 }],
          },
          Outdated: {
            outcome: 'outdated',
            latest_version: '1.1',
            differences: [{ level: 'minor', message: "removal of configurable features ['theme']" }],
          },
        }),
      },
    }),
    ApiError(400, 'A new setting is declared with another version than `1.0`.', {
      field: 'version',
      code: 'first_version',
      message: 'newly created settings must have version 1.0, not 1.1',
    }),
    ApiError(404, 'Some context feature does not exist, or the alias does not, which is told as JSON always.', {
      'No such context feature': {
        field: 'configurable_features',
        pointer: '/configurable_features/1',
        code: 'context_feature_not_found',
        message: 'the context feature "team" does not exist',
      },
      'No such alias': {
        field: 'alias',
        code: 'alias_not_found',
        message: 'the alias "cache_sise" does not exist',
      },
    }),
    ApiError(
      409,
      'The setting stands its ground, and nothing was changed; or the alias names another setting.',
      {
        field: 'alias',
        code: 'name_taken',
        message: 'the alias "cache_limit" names the setting "limits", not "cache_size"',
      },
      {
        content: {
          'application/json': outcomes(REFUSED, {
            Mismatch: {
              outcome: 'mismatch',
              differences: [{ level: 'minor', attribute: 'default_value', latest_value: 60 }],
            },
            Rejected: {
              outcome: 'rejected',
              previous_version: '1.0',
              differences: [
                { level: 'major', attribute: 'type', latest_value: 'int' },
                { level: 'mismatch', message: "configurable features ['theme'] are still in use by rules [1]" },
              ],
            },
          }),
        },
      },
    ),
    ApiError(422, 'The default value is not of the type, the alias is the name, or the body is malformed.', {
      'A default value not of the type': {
        field: 'default_value',
        code: 'wrong_type',
        message: 'default_value must be of the type int, not "big"',
      },
      'An alias that is the name': {
        field: 'alias',
        code: 'repeated',
        message: 'alias must differ from the name "cache_size"',
      },
    }),
  );

function outcomes(models: Readonly<Record<string, Type>>, examples: Examples): MediaTypeObject {
  const refs = Object.entries(models).map(([outcome, model]) => [outcome, getSchemaPath(model)] as const);
  return {
    schema: {
      oneOf: refs.map(([, $ref]) => ({ $ref })),
      discriminator: { propertyName: 'outcome', mapping: Object.fromEntries(refs) },
    },
    examples: toExamples(examples),
  };
}

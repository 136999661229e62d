import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ANY_JSON, METADATA, schemaRef } from '../../http/api-schemas.js';

/** These describe answers for the OpenAPI document only: the answers themselves are spliced from ready-made text. */
export class QueriedRule {
  @ApiProperty({ ...ANY_JSON, description: 'The value that the setting has where all conditions hold.', example: 20 })
  value!: unknown;

  @ApiProperty({
    allOf: [schemaRef('Conditions')],
    description: 'The conditions, in the order of the context features.',
  })
  context_features!: unknown;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'The id of the rule.', example: 2 })
  rule_id!: number;

  @ApiProperty({
    ...METADATA,
    required: false,
    description: 'The metadata of the rule, where `include_metadata` asks for it.',
  })
  metadata?: object;
}

export class QueriedSetting {
  @ApiProperty({ type: [QueriedRule], description: 'The rules that the filter admits, by ascending id.' })
  rules!: QueriedRule[];

  @ApiProperty({ ...ANY_JSON, description: 'The value where no rule holds.', example: 60 })
  default_value!: unknown;
}

@ApiExtraModels(QueriedSetting)
export class QueryAnswer {
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(QueriedSetting) },
    description: 'The settings by their canonical names.',
  })
  settings!: object;
}

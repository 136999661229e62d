import { ApiProperty } from '@nestjs/swagger';
import { ANY_JSON, METADATA, schemaRef } from '../../openapi/api-schemas.js';

export class RuleIdAnswer {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'The id of the rule.', example: 7 })
  rule_id!: number;
}

export class OverrideAnswer {
  @ApiProperty({
    ...ANY_JSON,
    description: 'The value that everyone gets for whom no rule or rollout decides.',
    example: 90,
  })
  value!: unknown;

  @ApiProperty({ ...METADATA, description: 'The metadata of the override.' })
  metadata!: object;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'The id of the rule that the override is.', example: 7 })
  rule_id!: number;
}

export class RuleAnswer {
  @ApiProperty({ description: 'The canonical name of the setting.', example: 'cache_size' })
  setting!: string;

  @ApiProperty({ ...ANY_JSON, description: 'The value that the setting has where all conditions hold.', example: 20 })
  value!: unknown;

  @ApiProperty({
    allOf: [schemaRef('Conditions')],
    description: 'The conditions, in the order of the context features.',
  })
  feature_values!: unknown;

  @ApiProperty({ ...METADATA, description: 'The metadata of the rule.' })
  metadata!: object;
}

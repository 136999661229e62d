import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ANY_JSON, METADATA, schemaRef } from '../../openapi/api-schemas.js';

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

/** The share, the value and the variants are as in `RolloutAnswer`. */
export class QueriedRollout {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'The id of the rollout.', example: 3 })
  rollout_id!: number;

  @ApiProperty({ description: 'The context feature whose values are the units.', example: 'user' })
  feature!: string;

  @ApiProperty({
    allOf: [schemaRef('Conditions')],
    description: 'The conditions on other context features, in the order of these.',
  })
  context_features!: unknown;

  @ApiProperty({ description: '`false`: the rollout matches nothing.', example: true })
  enabled!: boolean;

  @ApiProperty({ type: 'number', required: false, description: 'The share, or', example: 20 })
  percentage?: number;

  @ApiProperty({ required: false, allOf: [schemaRef('Ramp')], description: 'the moving share.' })
  ramp?: object;

  @ApiProperty({
    type: [String],
    nullable: true,
    maxItems: 1000,
    description:
      'All units that are always in, in the order of their UTF-8 bytes, whatever the filter says of the feature; `null` where ' +
      'they are more than 1 000: then `POST /api/v1/evaluate` knows.',
    example: ['ann', 'jim'],
  })
  members!: string[] | null;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many units are always in.', example: 2 })
  member_count!: number;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Units that it is found in are always in; `null`: none is.',
    example: '@example\\.com$',
  })
  pattern!: string | null;

  @ApiProperty({ ...ANY_JSON, required: false, description: 'The value where the rollout matches, or', example: 50 })
  value?: unknown;

  @ApiProperty({
    required: false,
    allOf: [schemaRef('Variants')],
    description: 'the values that are divided among the units.',
  })
  variants?: object;

  @ApiProperty({ enum: ['murmur3', 'crc32'], description: 'How units fall into buckets.', example: 'murmur3' })
  hash!: string;

  @ApiProperty({ description: 'What the buckets go by beside the unit.', example: 'cache_size' })
  salt!: string;

  @ApiProperty({
    ...METADATA,
    required: false,
    description: 'The metadata of the rollout, where `include_metadata` asks for it.',
  })
  metadata?: object;
}

export class QueriedSetting {
  @ApiProperty({ type: [QueriedRule], description: 'The rules that the filter admits, by ascending id.' })
  rules!: QueriedRule[];

  @ApiProperty({ ...ANY_JSON, description: 'The value where no rule holds.', example: 60 })
  default_value!: unknown;

  @ApiProperty({ required: false, description: 'The type, where `include_rollouts` asks for it.', example: 'int' })
  type?: string;

  @ApiProperty({ required: false, description: 'The version, where `include_rollouts` asks for it.', example: '1.0' })
  version?: string;

  @ApiProperty({
    type: [QueriedRollout],
    required: false,
    description: 'The rollouts that the filter admits, by ascending id, where `include_rollouts` asks for them.',
  })
  rollouts?: QueriedRollout[];
}

@ApiExtraModels(QueriedSetting)
export class QueryAnswer {
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(QueriedSetting) },
    description: 'The settings by their canonical names.',
  })
  settings!: object;

  @ApiProperty({
    type: [String],
    required: false,
    description: 'All context features in their order, where `include_rollouts` asks for them.',
    example: ['account', 'user', 'theme'],
  })
  context_features?: string[];
}

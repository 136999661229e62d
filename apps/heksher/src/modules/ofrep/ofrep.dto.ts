import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { ANY_JSON, VERSION } from '../../openapi/api-schemas.js';

/** These describe bodies for the OpenAPI document only: requests are read by hand, answers spliced from ready-made text. */
export class EvaluationRequest {
  @ApiPropertyOptional({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description:
      'What is known of the caller. `targetingKey` stands for the context feature that the operator named (`HEKSHER_TARGETING_FEATURE`), ' +
      'unless that one is there by its own name; other members are context features by name, and members that are none say nothing. ' +
      'Numbers and booleans count as their text (`1.0` as `1`). Members that hold `null`, a list, an object, an empty text, or one ' +
      'of more than 255 characters are as absent.',
    example: { targetingKey: 'user-1', account: 'jim', theme: 'dark' },
  })
  context?: object | null;
}

export class FlagMetadata {
  @ApiProperty({ type: 'integer', required: false, description: 'The rule that decided, if one did.', example: 7 })
  rule_id?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The rollout that decided, if one did.', example: 3 })
  rollout_id?: number;

  @ApiProperty({ ...VERSION, description: 'The version of the setting.', example: '1.2' })
  version!: string;

  @ApiProperty({ type: 'integer', required: false, description: 'With `as_of`: the revision that this is of.' })
  as_of?: number;
}

export class FlagAnswer {
  @ApiProperty({
    description: 'The key that was asked for; of all flags, the canonical name of the setting.',
    example: 'new_checkout',
  })
  key!: string;

  @ApiProperty({ ...ANY_JSON, description: 'The value in the context.', example: true })
  value!: unknown;

  @ApiProperty({
    enum: ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED'],
    description:
      'Why: `STATIC` the default, since there is nothing else; `DEFAULT` the default, since nothing matched; `DISABLED` the default, ' +
      'since there are only rollouts that are switched off; `TARGETING_MATCH` a rule, or a rollout that names the unit by id or pattern; ' +
      '`SPLIT` a rollout by percentage, or one of its variants.',
    example: 'SPLIT',
  })
  reason!: string;

  @ApiProperty({
    description: 'The name of the variant, or where the value comes from: `rule-7`, `rollout-3` or `default`.',
    example: 'blue',
  })
  variant!: string;

  @ApiProperty({ type: () => FlagMetadata })
  metadata!: FlagMetadata;
}

export class BulkError {
  @ApiProperty({
    enum: ['FLAG_NOT_FOUND', 'PARSE_ERROR', 'INVALID_CONTEXT', 'GENERAL'],
    description: "OpenFeature's code for what went wrong.",
    example: 'FLAG_NOT_FOUND',
  })
  errorCode!: string;

  @ApiProperty({
    description: 'What was given, and what would be accepted, for a person to read.',
    example: 'the setting "new_chekout" does not exist',
  })
  errorDetails!: string;
}

export class FlagError extends BulkError {
  @ApiProperty({ description: 'The key that was asked for.', example: 'new_chekout' })
  key!: string;
}

export class BulkMetadata {
  @ApiProperty({ description: 'Names the state of all settings that the flags are of.', example: 'YJ1ZxkQ3' })
  revision!: string;

  @ApiProperty({ type: 'integer', required: false, description: 'With `as_of`: its number.' })
  as_of?: number;
}

class StreamEndpoint {
  @ApiProperty({
    description: 'Where it is, at the origin of this answer.',
    example: '/ofrep/v1/events/configuration',
  })
  requestUri!: string;
}

class FlagEvents {
  @ApiProperty({ enum: ['sse'], description: 'Server-sent events.', example: 'sse' })
  type!: string;

  @ApiProperty({ type: () => StreamEndpoint })
  endpoint!: StreamEndpoint;

  @ApiProperty({
    type: 'integer',
    description: 'After how many seconds without use a page may close its stream.',
    example: 120,
  })
  inactivityDelaySec!: number;
}

@ApiExtraModels(FlagAnswer, FlagError)
export class FlagsAnswer {
  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ $ref: getSchemaPath(FlagAnswer) }, { $ref: getSchemaPath(FlagError) }] },
    description: 'All settings by their names; one whose value cannot be read is an error among the others.',
  })
  flags!: unknown[];

  @ApiProperty({ type: () => BulkMetadata })
  metadata!: BulkMetadata;

  @ApiProperty({
    type: () => [FlagEvents],
    required: false,
    description: 'The stream that says when to ask again. None where streams are switched off, nor for access tokens.',
  })
  eventStreams?: FlagEvents[];
}

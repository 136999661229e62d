import { type Condition, invalid, type Json, type JsonText, parseFeatureValues } from '@heksher/core';
import { type RuleChanges } from '@heksher/ruleset';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { ANY_JSON, GIVEN_FEATURE_VALUE, METADATA, schemaRef } from '../../openapi/api-schemas.js';
import { Parsed } from '../../http/parsed.js';
import {
  anyJson,
  anyText,
  featureValues,
  metadata as metadataReader,
  metadataValue,
  text,
} from '../../http/readers.js';
import { Strict } from '../../http/validation.js';
import { type Metadata } from '@heksher/ruleset';

const conditionList = text('feature_values', 'a list of `feature:value`', (given): readonly Condition[] => [
  ...parseFeatureValues(given),
]);

export class AddRuleRequest {
  @ApiProperty({ description: 'The name of the setting, or one of its aliases.', example: 'cache_size' })
  @Parsed(anyText('setting'))
  setting!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: GIVEN_FEATURE_VALUE,
    minProperties: 1,
    description: 'The conditions: the value that each of these context features must have. Others may have any value.',
    example: { user: 'guest', theme: 'dark' },
  })
  @Parsed(featureValues())
  feature_values!: readonly Condition[];

  @ApiProperty({
    ...ANY_JSON,
    description: 'The value under these conditions; it must be of the type of the setting.',
    example: 20,
  })
  @Parsed(anyJson)
  value!: Json;

  @ApiProperty({ ...METADATA, required: false, description: 'Metadata by key.' })
  @IsOptional()
  @Parsed(metadataReader)
  metadata: Metadata = new Map();
}

export class SearchRuleQuery {
  @ApiProperty({ description: 'The name of the setting, or one of its aliases.', example: 'cache_size' })
  @Parsed(anyText('setting'))
  setting!: string;

  @ApiProperty({
    type: 'string',
    description: 'All conditions of the rule, as a list of `feature:value`.',
    example: 'user:guest,theme:dark',
  })
  @Parsed(conditionList)
  feature_values!: readonly Condition[];
}

export class RuleValueRequest {
  @ApiProperty({
    ...ANY_JSON,
    description: 'The value under these conditions; it must be of the type of the setting.',
    example: 20,
  })
  @Parsed(anyJson)
  value!: Json;
}

@Strict()
export class ChangeRuleRequest {
  @ApiProperty({
    allOf: [schemaRef('FeatureValues')],
    minProperties: 1,
    required: false,
    description: 'All conditions that the rule has from now on; at least one.',
  })
  @IsOptional()
  @Parsed(featureValues())
  feature_values?: readonly Condition[];

  @ApiProperty({ ...ANY_JSON, required: false, description: 'The value; of the type of the setting.', example: 20 })
  @IsOptional()
  @Parsed(anyJson)
  value?: Json;

  @ApiProperty({ ...METADATA, required: false, description: 'All metadata, by key.' })
  @IsOptional()
  @Parsed(metadataReader)
  metadata?: Metadata;
}

/** What a body asks for; what it leaves out stays. Throws `invalid` where it asks for nothing. */
export function changesOf({ feature_values: conditions, value, metadata }: ChangeRuleRequest): RuleChanges {
  if (conditions === undefined && value === undefined && metadata === undefined) {
    const message = 'the body changes nothing; give one or more of feature_values, value, metadata';
    throw invalid(message, 'body', { code: 'missing' });
  }
  return {
    ...(conditions !== undefined && { conditions }),
    ...(value !== undefined && { value }),
    ...(metadata !== undefined && { metadata }),
  };
}

@Strict()
export class OverrideRequest {
  @ApiProperty({ ...ANY_JSON, description: 'The value; of the type of the setting.', example: 90 })
  @Parsed(anyJson)
  value!: Json;

  @ApiProperty({ ...METADATA, required: false, description: 'All metadata of the override, by key.' })
  @IsOptional()
  @Parsed(metadataReader)
  metadata: Metadata = new Map();
}

export class RuleMetadataRequest {
  @ApiProperty({ ...METADATA, required: false, description: 'Metadata by key.' })
  @IsOptional()
  @Parsed(metadataReader)
  metadata: Metadata = new Map();
}

export class RuleMetadataValueRequest {
  @ApiProperty({ ...ANY_JSON, description: 'The value of the key.', example: 'OPS-1204' })
  @Parsed(metadataValue)
  value!: JsonText;
}

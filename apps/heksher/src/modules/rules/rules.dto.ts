import { type Json } from '@heksher/core';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { ANY_JSON, FEATURE_VALUE, METADATA } from '../../openapi/api-schemas.js';
import { IsAnyJson, IsFeatureValues, IsMetadata, IsMetadataValue, IsText } from '../../http/checks.js';
import { KeepJson } from '../../http/validation.js';

export class AddRuleDto {
  @ApiProperty({ description: 'The name of the setting, or one of its aliases.', example: 'cache_size' })
  @IsText()
  setting!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { ...FEATURE_VALUE },
    minProperties: 1,
    description: 'The conditions: the value that each of these context features must have. Others may have any value.',
    example: { user: 'guest', theme: 'dark' },
  })
  @KeepJson()
  @IsFeatureValues()
  feature_values!: Json;

  @ApiProperty({
    ...ANY_JSON,
    description: 'The value under these conditions; it must be of the type of the setting.',
    example: 20,
  })
  @KeepJson()
  @IsAnyJson()
  value!: Json;

  @ApiProperty({ ...METADATA, required: false, description: 'Metadata by key.' })
  @KeepJson()
  @IsOptional()
  @IsMetadata()
  metadata?: Json;
}

export class SearchRuleQuery {
  @ApiProperty({ description: 'The name of the setting, or one of its aliases.', example: 'cache_size' })
  @IsText()
  setting!: string;

  @ApiProperty({
    description: 'All conditions of the rule, as a list of `feature:value`.',
    example: 'user:guest,theme:dark',
  })
  @IsText()
  feature_values!: string;
}

export class RuleValueDto {
  @ApiProperty({
    ...ANY_JSON,
    description: 'The value under these conditions; it must be of the type of the setting.',
    example: 20,
  })
  @KeepJson()
  @IsAnyJson()
  value!: Json;
}

export class RuleMetadataDto {
  @ApiProperty({ ...METADATA, required: false, description: 'Metadata by key.' })
  @KeepJson()
  @IsOptional()
  @IsMetadata()
  metadata?: Json;
}

export class RuleMetadataValueDto {
  @ApiProperty({ ...ANY_JSON, description: 'The value of the key.', example: 'OPS-1204' })
  @KeepJson()
  @IsMetadataValue()
  value!: Json;
}

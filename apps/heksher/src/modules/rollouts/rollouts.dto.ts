import { invalid, type Json } from '@heksher/core';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { ANY_JSON, CONTEXT_FEATURE_NAME, METADATA, schemaRef } from '../../openapi/api-schemas.js';
import { IsAnyJson, IsContextFeatureName, IsFeatureValues, IsMetadata, IsReadBy, IsText } from '../../http/checks.js';
import { KeepJson } from '../../http/validation.js';
import {
  readEnabled,
  readHash,
  readPattern,
  readPercentage,
  readRamp,
  readSalt,
  readVariants,
} from './rollout-fields.js';

/** What of a rollout can change. */
export class RolloutFieldsDto {
  @ApiProperty({
    required: false,
    type: 'boolean',
    default: true,
    description: '`false` is the kill switch: the rollout matches nothing, its members neither.',
    example: true,
  })
  @KeepJson()
  @IsOptional()
  @IsReadBy(readEnabled)
  enabled?: Json;

  @ApiProperty({
    required: false,
    nullable: true,
    type: 'number',
    minimum: 0,
    maximum: 100,
    description: 'The share of the units that the rollout has, with at most three decimals; 0 unless there is a ramp.',
    example: 33.333,
  })
  @KeepJson()
  @IsOptional()
  @IsReadBy(readPercentage)
  percentage?: Json;

  @ApiProperty({
    required: false,
    nullable: true,
    allOf: [schemaRef('Ramp')],
    description: 'In place of the percentage: one that moves by the clock alone.',
  })
  @KeepJson()
  @IsOptional()
  @IsReadBy(readRamp)
  ramp?: Json;

  @ApiProperty({
    required: false,
    nullable: true,
    type: 'string',
    minLength: 1,
    maxLength: 1000,
    description:
      'A regular expression of RE2 syntax. Units that it is found in, anywhere unless it is anchored, are always in.',
    example: '@example\\.com$',
  })
  @KeepJson()
  @IsOptional()
  @IsReadBy(readPattern)
  pattern?: Json;

  @ApiProperty({
    ...ANY_JSON,
    required: false,
    description: 'The value where the rollout matches; it must be of the type of the setting. `null` is a value.',
    example: true,
  })
  @KeepJson()
  @IsOptional()
  @IsAnyJson()
  value?: Json;

  @ApiProperty({
    required: false,
    nullable: true,
    allOf: [schemaRef('Variants')],
    description: 'In place of the value: several, among which the units are divided.',
  })
  @KeepJson()
  @IsOptional()
  @IsReadBy(readVariants)
  variants?: Json;

  @ApiProperty({
    required: false,
    type: 'string',
    enum: ['murmur3', 'crc32'],
    default: 'murmur3',
    description: 'How units fall into buckets. `crc32` is for cohorts carried over from libraries that use it.',
    example: 'murmur3',
  })
  @KeepJson()
  @IsOptional()
  @IsReadBy(readHash)
  hash?: Json;

  @ApiProperty({
    required: false,
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description:
      'What the buckets go by beside the unit: rollouts of equal salts have the same units. ' +
      'The name of the setting where a new rollout has none given; a rename of the setting leaves it as it is.',
    example: 'new_checkout',
  })
  @KeepJson()
  @IsOptional()
  @IsReadBy(readSalt)
  salt?: Json;

  @ApiProperty({ ...METADATA, required: false, nullable: true, description: 'All metadata, by key.' })
  @KeepJson()
  @IsOptional()
  @IsMetadata({ orNull: true })
  metadata?: Json;
}

export class AddRolloutDto extends RolloutFieldsDto {
  @ApiProperty({ description: 'The name of the setting, or one of its aliases.', example: 'new_checkout' })
  @IsText()
  setting!: string;

  @ApiProperty({
    ...CONTEXT_FEATURE_NAME,
    description: 'The context feature whose values are the units. The setting must be configurable by it.',
    example: 'user',
  })
  @IsContextFeatureName()
  feature!: string;

  @ApiProperty({
    allOf: [schemaRef('FeatureValues')],
    required: false,
    description: 'Conditions: the value that each of these other context features must have.',
  })
  @KeepJson()
  @IsOptional()
  @IsFeatureValues({ orNone: true })
  feature_values?: Json;
}

function refuseChange(): never {
  throw invalid('the setting, feature and feature_values of a rollout cannot be changed: delete it and add another');
}

/** A change that asks for what cannot be changed is not half carried out. */
export class ChangeRolloutDto extends RolloutFieldsDto {
  @KeepJson()
  @IsOptional()
  @IsReadBy(refuseChange)
  setting?: Json;

  @KeepJson()
  @IsOptional()
  @IsReadBy(refuseChange)
  feature?: Json;

  @KeepJson()
  @IsOptional()
  @IsReadBy(refuseChange)
  feature_values?: Json;
}

export class ListRolloutsQuery {
  @ApiProperty({ description: 'The name of the setting, or one of its aliases.', example: 'new_checkout' })
  @IsText()
  setting!: string;
}

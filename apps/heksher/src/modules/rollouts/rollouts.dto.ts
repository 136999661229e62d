import { type BucketHash, type Condition, invalid, type Json, type JsonText } from '@heksher/core';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { ANY_JSON, CONTEXT_FEATURE_NAME, METADATA, schemaRef } from '../../openapi/api-schemas.js';
import { Parsed } from '../../http/parsed.js';
import {
  anyJson,
  anyText,
  featureName,
  featureValues,
  metadata as metadataReader,
  orNull,
} from '../../http/readers.js';
import { Strict } from '../../http/validation.js';
import { type Metadata } from '@heksher/ruleset';
import { MOST_UNITS, units, UNITS } from './rollout-members.dto.js';
import {
  type GivenVariants,
  readEnabled,
  readHash,
  readPattern,
  readPercentage,
  readRamp,
  readSalt,
  readVariants,
} from './rollout-fields.js';

/** What of a rollout can change. */
@Strict()
export class RolloutFieldsRequest {
  @ApiProperty({
    required: false,
    type: 'boolean',
    description:
      '`false` is the kill switch: the rollout matches nothing, its members neither. A new rollout is enabled.',
    example: true,
  })
  @IsOptional()
  @Parsed({ read: readEnabled })
  enabled?: boolean;

  @ApiProperty({
    required: false,
    nullable: true,
    type: 'number',
    minimum: 0,
    maximum: 100,
    description: 'The share of the units that the rollout has, with at most three decimals; 0 unless there is a ramp.',
    example: 33.333,
  })
  @IsOptional()
  @Parsed({ read: readPercentage })
  percentage?: number | null;

  @ApiProperty({
    required: false,
    nullable: true,
    allOf: [schemaRef('Ramp')],
    description: 'In place of the percentage: one that moves by the clock alone.',
  })
  @IsOptional()
  @Parsed({ read: readRamp })
  ramp?: JsonText | null;

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
  @IsOptional()
  @Parsed({ read: readPattern })
  pattern?: string | null;

  @ApiProperty({
    ...ANY_JSON,
    required: false,
    description: 'The value where the rollout matches; it must be of the type of the setting. `null` is a value.',
    example: true,
  })
  @IsOptional()
  @Parsed(anyJson)
  value?: Json;

  @ApiProperty({
    required: false,
    nullable: true,
    allOf: [schemaRef('Variants')],
    description: 'In place of the value: several, among which the units are divided.',
  })
  @IsOptional()
  @Parsed({ read: readVariants })
  variants?: GivenVariants | null;

  @ApiProperty({
    required: false,
    type: 'string',
    enum: ['murmur3', 'crc32'],
    description:
      'How units fall into buckets. `crc32` is for cohorts carried over from libraries that use it; a new rollout has `murmur3`.',
    example: 'murmur3',
  })
  @IsOptional()
  @Parsed({ read: readHash })
  hash?: BucketHash;

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
  @IsOptional()
  @Parsed({ read: readSalt })
  salt?: string;

  @ApiProperty({ ...METADATA, required: false, nullable: true, description: 'All metadata, by key.' })
  @IsOptional()
  @Parsed(orNull(metadataReader))
  metadata?: Metadata | null;
}

export class AddRolloutRequest extends RolloutFieldsRequest {
  @ApiProperty({ description: 'The name of the setting, or one of its aliases.', example: 'new_checkout' })
  @Parsed(anyText('setting'))
  setting!: string;

  @ApiProperty({
    ...CONTEXT_FEATURE_NAME,
    description: 'The context feature whose values are the units. The setting must be configurable by it.',
    example: 'user',
  })
  @Parsed(featureName('feature'))
  feature!: string;

  @ApiProperty({
    allOf: [schemaRef('FeatureValues')],
    required: false,
    description: 'Conditions: the value that each of these other context features must have.',
  })
  @IsOptional()
  @Parsed(featureValues({ orNone: true }))
  feature_values: readonly Condition[] = [];

  @ApiProperty({ ...UNITS, description: `Units that are always in, at most ${MOST_UNITS}; more are added afterwards.` })
  @IsOptional()
  @Parsed(orNull(units('members')))
  members?: readonly string[] | null;
}

const unchangeable = (field: string) => ({
  read: (): never => {
    const message = 'the setting and feature of a rollout cannot be changed: delete it and add another';
    throw invalid(message, field, { code: 'immutable' });
  },
});

/** A change that asks for what cannot be changed is not half carried out. */
export class ChangeRolloutRequest extends RolloutFieldsRequest {
  @IsOptional()
  @Parsed(unchangeable('setting'))
  setting?: never;

  @IsOptional()
  @Parsed(unchangeable('feature'))
  feature?: never;

  @ApiProperty({
    allOf: [schemaRef('FeatureValues')],
    required: false,
    description: 'All conditions that the rollout has from now on; it may be empty.',
  })
  @IsOptional()
  @Parsed(featureValues({ orNone: true }))
  feature_values?: readonly Condition[];
}

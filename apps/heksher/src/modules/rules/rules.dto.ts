import { type Json } from '@heksher/core';
import { IsOptional } from 'class-validator';
import { IsAnyJson, IsFeatureValues, IsMetadata, IsMetadataValue, IsText } from '../../http/checks.js';
import { KeepJson } from '../../http/validation.js';

export class AddRuleDto {
  @IsText()
  setting!: string;

  @KeepJson()
  @IsFeatureValues()
  feature_values!: Json;

  @KeepJson()
  @IsAnyJson()
  value!: Json;

  @KeepJson()
  @IsOptional()
  @IsMetadata()
  metadata?: Json;
}

export class SearchRuleQuery {
  @IsText()
  setting!: string;

  @IsText()
  feature_values!: string;
}

export class RuleValueDto {
  @KeepJson()
  @IsAnyJson()
  value!: Json;
}

export class RuleMetadataDto {
  @KeepJson()
  @IsOptional()
  @IsMetadata()
  metadata?: Json;
}

export class RuleMetadataValueDto {
  @KeepJson()
  @IsMetadataValue()
  value!: Json;
}

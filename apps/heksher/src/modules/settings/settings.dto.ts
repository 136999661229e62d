import { type Json } from '@heksher/core';
import { IsOptional } from 'class-validator';
import {
  IsAnyJson,
  IsBooleanText,
  IsContextFeatureList,
  IsMetadata,
  IsMetadataValue,
  IsSettingName,
  IsSettingTypeText,
  IsText,
  IsVersionText,
} from '../../http/checks.js';
import { KeepJson } from '../../http/validation.js';

export class DeclareSettingDto {
  @IsSettingName()
  name!: string;

  @IsContextFeatureList()
  configurable_features!: string[];

  @IsSettingTypeText()
  type!: string;

  @KeepJson()
  @IsAnyJson()
  default_value!: Json;

  @KeepJson()
  @IsOptional()
  @IsMetadata()
  metadata?: Json;

  @IsOptional()
  @IsText()
  alias?: string | null;

  @IsVersionText()
  version: string = '1.0';
}

export class ListSettingsQuery {
  @IsBooleanText()
  include_additional_data: string = 'false';
}

export class ChangeTypeDto {
  @IsSettingTypeText()
  type!: string;

  @IsVersionText()
  version!: string;
}

export class RenameSettingDto {
  @IsSettingName()
  name!: string;

  @IsVersionText()
  version!: string;
}

export class ChangeConfigurableFeaturesDto {
  @IsContextFeatureList()
  configurable_features!: string[];

  @IsVersionText()
  version!: string;
}

export class SettingMetadataDto {
  @KeepJson()
  @IsOptional()
  @IsMetadata()
  metadata?: Json;

  @IsVersionText()
  version!: string;
}

export class SettingMetadataValueDto {
  @KeepJson()
  @IsMetadataValue()
  value!: Json;

  @IsVersionText()
  version!: string;
}

export class SettingVersionDto {
  @IsVersionText()
  version!: string;
}

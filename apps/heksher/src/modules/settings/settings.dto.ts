import { type Json } from '@heksher/core';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import {
  ANY_JSON,
  BOOLEAN_TEXT,
  CONTEXT_FEATURE_NAME,
  METADATA,
  SETTING_NAME,
  VERSION,
} from '../../openapi/api-schemas.js';
import {
  IsAnyJson,
  IsBooleanParameter,
  IsContextFeatureList,
  IsMetadata,
  IsMetadataValue,
  IsSettingName,
  IsSettingTypeText,
  IsText,
  IsVersionText,
} from '../../http/checks.js';
import { KeepJson } from '../../http/validation.js';

const TYPE = `The type of its values:

| Type | Values |
| --- | --- |
| \`int\` | whole numbers of any size |
| \`float\` | numbers |
| \`str\` | texts |
| \`bool\` | \`true\` and \`false\` |
| \`Enum["a",2]\` | one of the listed texts, numbers and booleans |
| \`Flags["a",2]\` | lists of some of them, none twice |
| \`Sequence<int>\` | lists of values of a type |
| \`Mapping<int>\` | objects whose values are of a type |`;

const FEATURES = {
  type: 'array',
  items: { ...CONTEXT_FEATURE_NAME },
  minItems: 1,
  uniqueItems: true,
  description: 'The context features that rules may have conditions on, in any order.',
  example: ['account', 'user', 'theme'],
} as const;

export class DeclareSettingDto {
  @ApiProperty({
    ...SETTING_NAME,
    description: 'The canonical name, or an alias, which becomes canonical.',
    example: 'cache_size',
  })
  @IsSettingName()
  name!: string;

  @ApiProperty(FEATURES)
  @IsContextFeatureList()
  configurable_features!: string[];

  @ApiProperty({ description: TYPE, example: 'int' })
  @IsSettingTypeText()
  type!: string;

  @ApiProperty({ ...ANY_JSON, description: 'The value where no rule holds; it must be of the type.', example: 60 })
  @KeepJson()
  @IsAnyJson()
  default_value!: Json;

  @ApiProperty({ ...METADATA, required: false, description: 'All metadata of the setting.' })
  @KeepJson()
  @IsOptional()
  @IsMetadata()
  metadata?: Json;

  @ApiProperty({
    required: false,
    nullable: true,
    type: 'string',
    description: 'To rename: the present name of the setting. An alias that already names it is fine, too.',
    example: 'cache_limit',
  })
  @IsOptional()
  @IsText()
  alias?: string | null;

  @ApiProperty({
    ...VERSION,
    required: false,
    default: '1.0',
    description: 'The version of this declaration.',
    example: '1.0',
  })
  @IsVersionText()
  version: string = '1.0';
}

export class ListSettingsQuery {
  @ApiProperty({
    ...BOOLEAN_TEXT,
    required: false,
    default: 'false',
    description: 'Whether each setting comes with its configurable features, metadata and aliases.',
    example: 'true',
  })
  @IsBooleanParameter()
  include_additional_data: boolean = false;
}

export class ChangeTypeDto {
  @ApiProperty({ description: TYPE, example: 'int' })
  @IsSettingTypeText()
  type!: string;

  @ApiProperty({ ...VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @IsVersionText()
  version!: string;
}

export class RenameSettingDto {
  @ApiProperty({ ...SETTING_NAME, description: 'The new canonical name.', example: 'cache_limit' })
  @IsSettingName()
  name!: string;

  @ApiProperty({ ...VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @IsVersionText()
  version!: string;
}

export class ChangeConfigurableFeaturesDto {
  @ApiProperty(FEATURES)
  @IsContextFeatureList()
  configurable_features!: string[];

  @ApiProperty({ ...VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @IsVersionText()
  version!: string;
}

export class SettingMetadataDto {
  @ApiProperty({ ...METADATA, required: false, description: 'Metadata by key.' })
  @KeepJson()
  @IsOptional()
  @IsMetadata()
  metadata?: Json;

  @ApiProperty({ ...VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @IsVersionText()
  version!: string;
}

export class SettingMetadataValueDto {
  @ApiProperty({ ...ANY_JSON, description: 'The value of the key.', example: 'storage' })
  @KeepJson()
  @IsMetadataValue()
  value!: Json;

  @ApiProperty({ ...VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @IsVersionText()
  version!: string;
}

export class SettingVersionDto {
  @ApiProperty({ ...VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @IsVersionText()
  version!: string;
}

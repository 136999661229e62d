import { FIRST_VERSION, type Json, type JsonText, type SettingType, type Version } from '@heksher/core';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import {
  ANY_JSON,
  BOOLEAN_TEXT,
  CONTEXT_FEATURE_NAME,
  GIVEN_VERSION,
  METADATA,
  SETTING_NAME,
} from '../../openapi/api-schemas.js';
import { Parsed } from '../../http/parsed.js';
import {
  anyJson,
  anyText,
  booleanParameter,
  featureList,
  metadata as metadataReader,
  metadataValue,
  orNull,
  settingName,
  settingType,
  version as versionReader,
} from '../../http/readers.js';
import { type Metadata } from '@heksher/ruleset';

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

export class DeclareSettingRequest {
  @ApiProperty({
    ...SETTING_NAME,
    description: 'The canonical name, or an alias, which becomes canonical.',
    example: 'cache_size',
  })
  @Parsed(settingName('name'))
  name!: string;

  @ApiProperty(FEATURES)
  @Parsed(featureList)
  configurable_features!: readonly string[];

  @ApiProperty({ type: 'string', description: TYPE, example: 'int' })
  @Parsed(settingType)
  type!: SettingType;

  @ApiProperty({ ...ANY_JSON, description: 'The value where no rule holds; it must be of the type.', example: 60 })
  @Parsed(anyJson)
  default_value!: Json;

  @ApiProperty({ ...METADATA, required: false, description: 'All metadata of the setting.' })
  @IsOptional()
  @Parsed(metadataReader)
  metadata: Metadata = new Map();

  @ApiProperty({
    required: false,
    nullable: true,
    type: 'string',
    description: 'To rename: the present name of the setting. An alias that already names it is fine, too.',
    example: 'cache_limit',
  })
  @IsOptional()
  @Parsed(orNull(anyText('alias')))
  alias?: string | null;

  @ApiProperty({
    ...GIVEN_VERSION,
    required: false,
    default: '1.0',
    description: 'The version of this declaration.',
    example: '1.0',
  })
  @Parsed(versionReader)
  version: Version = FIRST_VERSION;
}

export class ListSettingsQuery {
  @ApiProperty({
    ...BOOLEAN_TEXT,
    required: false,
    default: 'false',
    description: 'Whether each setting comes with its configurable features, metadata and aliases.',
    example: 'true',
  })
  @Parsed(booleanParameter('include_additional_data'))
  include_additional_data: boolean = false;
}

export class ChangeTypeRequest {
  @ApiProperty({ type: 'string', description: TYPE, example: 'int' })
  @Parsed(settingType)
  type!: SettingType;

  @ApiProperty({ ...GIVEN_VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @Parsed(versionReader)
  version!: Version;
}

export class RenameSettingRequest {
  @ApiProperty({ ...SETTING_NAME, description: 'The new canonical name.', example: 'cache_limit' })
  @Parsed(settingName('name'))
  name!: string;

  @ApiProperty({ ...GIVEN_VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @Parsed(versionReader)
  version!: Version;
}

export class ChangeConfigurableFeaturesRequest {
  @ApiProperty(FEATURES)
  @Parsed(featureList)
  configurable_features!: readonly string[];

  @ApiProperty({ ...GIVEN_VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @Parsed(versionReader)
  version!: Version;
}

export class SettingMetadataRequest {
  @ApiProperty({ ...METADATA, required: false, description: 'Metadata by key.' })
  @IsOptional()
  @Parsed(metadataReader)
  metadata: Metadata = new Map();

  @ApiProperty({ ...GIVEN_VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @Parsed(versionReader)
  version!: Version;
}

export class SettingMetadataValueRequest {
  @ApiProperty({ ...ANY_JSON, description: 'The value of the key.', example: 'storage' })
  @Parsed(metadataValue)
  value!: JsonText;

  @ApiProperty({ ...GIVEN_VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @Parsed(versionReader)
  version!: Version;
}

export class SettingVersionRequest {
  @ApiProperty({ ...GIVEN_VERSION, description: 'The version that the change comes with.', example: '1.1' })
  @Parsed(versionReader)
  version!: Version;
}

import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { FieldProblem } from '../../openapi/api-answers.js';
import { ANY_JSON, METADATA } from '../../openapi/api-schemas.js';

/** What is known of every setting of a list. */
export class SettingSummary {
  @ApiProperty({ description: 'The canonical name.', example: 'cache_size' })
  name!: string;

  @ApiProperty({ description: 'The type, in canonical text.', example: 'int' })
  type!: string;

  @ApiProperty({ ...ANY_JSON, description: 'The value where no rule holds.', example: 60 })
  default_value!: unknown;

  @ApiProperty({ description: 'The version of the latest declaration or change.', example: '1.0' })
  version!: string;
}

export class SettingAnswer extends SettingSummary {
  @ApiProperty({
    type: [String],
    description: 'The context features that rules of this setting may have conditions on, in their order.',
    example: ['account', 'user', 'theme'],
  })
  configurable_features!: string[];

  @ApiProperty({ ...METADATA, description: 'The metadata of the setting.' })
  metadata!: object;

  @ApiProperty({ type: [String], description: 'Its other names, sorted.', example: ['cache_limit'] })
  aliases!: string[];
}

@ApiExtraModels(SettingSummary, SettingAnswer)
export class SettingsAnswer {
  @ApiProperty({
    type: 'array',
    items: { anyOf: [{ $ref: getSchemaPath(SettingAnswer) }, { $ref: getSchemaPath(SettingSummary) }] },
    description: 'The settings, sorted by name; in full where `include_additional_data` asks for it.',
  })
  settings!: object[];
}

export class ConflictsAnswer {
  @ApiProperty({
    type: [String],
    description: 'What contradicts the change; where that is very much, the beginning, and last how much more.',
  })
  conflicts!: string[];

  @ApiProperty({ type: () => [FieldProblem], description: 'The same for programs.' })
  errors!: FieldProblem[];

  @ApiProperty({ type: 'integer', minimum: 1, required: false, description: 'How many more errors there were.' })
  omitted?: number;
}

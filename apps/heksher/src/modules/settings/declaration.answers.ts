import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ANY_JSON } from '../../openapi/api-schemas.js';

const LEVEL = {
  enum: ['minor', 'major', 'mismatch'],
  description: 'What it takes: a minor version, a major version, or nothing will do.',
};

export class AttributeDifference {
  @ApiProperty(LEVEL)
  level!: string;

  @ApiProperty({
    enum: ['name', 'type', 'default_value', 'configurable_features', 'metadata'],
    description: 'The attribute that differs.',
  })
  attribute!: string;

  @ApiProperty({ ...ANY_JSON, description: 'What the latest version has there.' })
  latest_value!: unknown;
}

export class MessageDifference {
  @ApiProperty(LEVEL)
  level!: string;

  @ApiProperty({ description: 'What differs, in words.', example: "removal of configurable features ['theme']" })
  message!: string;
}

const DIFFERENCES = {
  type: 'array',
  items: { oneOf: [AttributeDifference, MessageDifference].map((model) => ({ $ref: getSchemaPath(model) })) },
  description: 'Minor ones first, then major ones, then mismatches.',
} as const;

export class CreatedAnswer {
  @ApiProperty({ enum: ['created'], description: 'The setting is new.' })
  outcome!: string;
}

export class UpToDateAnswer {
  @ApiProperty({ enum: ['uptodate'], description: 'The setting is as declared.' })
  outcome!: string;
}

@ApiExtraModels(AttributeDifference, MessageDifference)
export class UpgradedAnswer {
  @ApiProperty({ enum: ['upgraded'], description: 'The setting was changed to what is declared.' })
  outcome!: string;

  @ApiProperty({ description: 'The version that the setting had.', example: '1.0' })
  previous_version!: string;

  @ApiProperty(DIFFERENCES)
  differences!: object[];
}

@ApiExtraModels(AttributeDifference, MessageDifference)
export class OutdatedAnswer {
  @ApiProperty({
    enum: ['outdated'],
    description: 'The setting has moved on; the declaring code can go on with what it knows.',
  })
  outcome!: string;

  @ApiProperty({ description: 'The version that the setting has.', example: '1.2' })
  latest_version!: string;

  @ApiProperty({ ...DIFFERENCES, description: 'What happened since the declared version, the gravest last.' })
  differences!: object[];
}

@ApiExtraModels(AttributeDifference, MessageDifference)
export class RejectedAnswer {
  @ApiProperty({
    enum: ['rejected'],
    description: 'The new version does not allow for such differences; nothing was changed.',
  })
  outcome!: string;

  @ApiProperty({ description: 'The version that the setting has.', example: '1.0' })
  previous_version!: string;

  @ApiProperty(DIFFERENCES)
  differences!: object[];
}

@ApiExtraModels(AttributeDifference, MessageDifference)
export class MismatchAnswer {
  @ApiProperty({ enum: ['mismatch'], description: 'The same version was declared differently; nothing was changed.' })
  outcome!: string;

  @ApiProperty(DIFFERENCES)
  differences!: object[];
}

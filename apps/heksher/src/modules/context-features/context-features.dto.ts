import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { CONTEXT_FEATURE_NAME } from '../../openapi/api-schemas.js';
import { IsContextFeatureName, IsText } from '../../http/checks.js';

export class AddContextFeatureDto {
  @ApiProperty({ ...CONTEXT_FEATURE_NAME, description: 'Its name.', example: 'theme' })
  @IsContextFeatureName()
  context_feature!: string;
}

export class MoveContextFeatureDto {
  @ApiProperty({
    required: false,
    nullable: true,
    type: 'string',
    description: 'Place it right after this one.',
    example: 'user',
  })
  @IsOptional()
  @IsText()
  to_after?: string;

  @ApiProperty({
    required: false,
    nullable: true,
    type: 'string',
    description: 'Place it right before this one.',
    example: 'theme',
  })
  @IsOptional()
  @IsText()
  to_before?: string;
}

export class ContextFeaturesAnswer {
  @ApiProperty({
    description: 'All context features in order: later ones are more specific.',
    example: ['account', 'user', 'theme'],
    type: [String],
  })
  context_features!: readonly string[];
}

export class ContextFeatureAnswer {
  @ApiProperty({ description: 'The place in the order, from 0.', example: 1, type: 'integer', minimum: 0 })
  index!: number;
}

import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { CONTEXT_FEATURE_NAME } from '../../openapi/api-schemas.js';
import { Parsed } from '../../http/parsed.js';
import { anyText, featureName, orNull } from '../../http/readers.js';

export class AddContextFeatureRequest {
  @ApiProperty({ ...CONTEXT_FEATURE_NAME, description: 'Its name.', example: 'theme' })
  @Parsed(featureName('context_feature'))
  context_feature!: string;
}

export class MoveContextFeatureRequest {
  @ApiProperty({
    required: false,
    nullable: true,
    type: 'string',
    description: 'Place it right after this one.',
    example: 'user',
  })
  @IsOptional()
  @Parsed(orNull(anyText('to_after')))
  to_after?: string | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: 'string',
    description: 'Place it right before this one.',
    example: 'theme',
  })
  @IsOptional()
  @Parsed(orNull(anyText('to_before')))
  to_before?: string | null;
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

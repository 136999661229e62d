import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsContextFeatureName, IsText } from '../../http/checks.js';

export class AddContextFeatureDto {
  @ApiProperty({ description: 'The new context feature; it becomes the last, most specific one.', example: 'theme' })
  @IsContextFeatureName()
  context_feature!: string;
}

export class MoveContextFeatureDto {
  @ApiProperty({ description: 'Place it right after this context feature.', required: false, example: 'user' })
  @IsOptional()
  @IsText()
  to_after?: string;

  @ApiProperty({ description: 'Place it right before this context feature.', required: false })
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

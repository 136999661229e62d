import { ApiProperty } from '@nestjs/swagger';
import { METADATA } from './api-schemas.js';

/** The answer to a request for the metadata of a setting or a rule. */
export class MetadataAnswer {
  @ApiProperty({ ...METADATA, description: 'All metadata, by key.' })
  metadata!: object;
}

import { IsOptional } from 'class-validator';
import { IsBooleanText, IsText } from '../../http/checks.js';

export class QueryParameters {
  @IsOptional()
  @IsText()
  settings?: string;

  @IsText()
  context_filters: string = '*';

  @IsBooleanText()
  include_metadata: string = 'false';
}

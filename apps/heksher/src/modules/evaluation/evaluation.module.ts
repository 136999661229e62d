import { type DynamicModule, Module } from '@nestjs/common';
import { EvaluationService } from './evaluation.service.js';

@Module({})
export class EvaluationModule {
  /** @param query the query module of the application, whose ruleset decides */
  static on(query: DynamicModule): DynamicModule {
    return { module: EvaluationModule, imports: [query], providers: [EvaluationService], exports: [EvaluationService] };
  }
}

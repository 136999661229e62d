import { type DynamicModule, Module } from '@nestjs/common';
import { EvaluationController } from './evaluation.controller.js';
import { EvaluationService } from './evaluation.service.js';

@Module({})
export class EvaluationModule {
  /** @param query the query module of the application, whose ruleset decides */
  static on(query: DynamicModule): DynamicModule {
    return {
      module: EvaluationModule,
      imports: [query],
      controllers: [EvaluationController],
      providers: [EvaluationService],
      exports: [EvaluationService],
    };
  }
}

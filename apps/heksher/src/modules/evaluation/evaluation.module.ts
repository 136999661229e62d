import { type DynamicModule, Module } from '@nestjs/common';
import { EvaluationController } from './evaluation.controller.js';
import { EvaluationService } from './evaluation.service.js';

@Module({})
export class EvaluationModule {
  /** @param ruleset the ruleset module of the application, which decides */
  static on(ruleset: DynamicModule): DynamicModule {
    return {
      module: EvaluationModule,
      imports: [ruleset],
      controllers: [EvaluationController],
      providers: [EvaluationService],
      exports: [EvaluationService],
    };
  }
}

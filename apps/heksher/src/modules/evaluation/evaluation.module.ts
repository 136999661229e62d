import { type DynamicModule, Module } from '@nestjs/common';
import { ContextSample } from './context-sample.js';
import { Metrics } from '../../metrics/metrics.js';
import { EvaluationController } from './evaluation.controller.js';
import { EvaluationCounts } from './evaluation-counts.js';
import { EvaluationService } from './evaluation.service.js';

@Module({})
export class EvaluationModule {
  /**
   * @param ruleset the ruleset module of the application, which decides
   * @param sample takes the contexts asked about
   * @param isCountedBySetting whether evaluations are counted by settings too
   */
  static on(ruleset: DynamicModule, sample: ContextSample, isCountedBySetting = false): DynamicModule {
    const counts = {
      provide: EvaluationCounts,
      inject: [Metrics],
      useFactory: (metrics: Metrics) => new EvaluationCounts(isCountedBySetting, metrics),
    };
    return {
      module: EvaluationModule,
      imports: [ruleset],
      controllers: [EvaluationController],
      providers: [EvaluationService, counts, { provide: ContextSample, useValue: sample }],
      exports: [EvaluationService, ContextSample],
    };
  }
}

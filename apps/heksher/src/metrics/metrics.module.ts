import { type DynamicModule, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** The one registry, for every module that has something to tell. */
@Module({})
export class MetricsModule {
  static with(metrics: Metrics): DynamicModule {
    return {
      module: MetricsModule,
      global: true,
      providers: [{ provide: Metrics, useValue: metrics }],
      exports: [Metrics],
    };
  }
}

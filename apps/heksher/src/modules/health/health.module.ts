import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Lifecycle } from '../../lifecycle.js';
import { DatabaseMonitor } from './database-monitor.js';
import { HealthController } from './health.controller.js';

@Module({})
export class HealthModule {
  static with(lifecycle: Lifecycle): DynamicModule {
    return {
      module: HealthModule,
      // What a probe finds is in its answer, and DatabaseMonitor logs outages; a line per probe would say nothing new.
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [DatabaseMonitor, { provide: Lifecycle, useValue: lifecycle }],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DryRunInterceptor } from './dry-run.interceptor.js';

@Module({})
export class EffectModule {
  /** @param evaluation has the contexts asked about lately */
  static on(evaluation: DynamicModule): DynamicModule {
    return {
      module: EffectModule,
      imports: [evaluation],
      providers: [{ provide: APP_INTERCEPTOR, useClass: DryRunInterceptor }],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { ReadOptions } from './read-options.js';
import { RulesetService } from './ruleset.service.js';

@Module({})
export class RulesetModule {
  static with(options: ReadOptions): DynamicModule {
    return {
      module: RulesetModule,
      providers: [{ provide: ReadOptions, useValue: options }, RulesetService],
      exports: [ReadOptions, RulesetService],
    };
  }
}

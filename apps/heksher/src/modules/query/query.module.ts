import { type DynamicModule, Module } from '@nestjs/common';
import { QueryController } from './query.controller.js';
import { QueryService } from './query.service.js';
import { ReadOptions } from '../ruleset/read-options.js';
import { RulesetService } from '../ruleset/ruleset.service.js';

@Module({})
export class QueryModule {
  static with(options: ReadOptions): DynamicModule {
    return {
      module: QueryModule,
      controllers: [QueryController],
      providers: [{ provide: ReadOptions, useValue: options }, RulesetService, QueryService],
      exports: [QueryService, RulesetService],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { QueryController } from './query.controller.js';
import { QueryService } from './query.service.js';

@Module({})
export class QueryModule {
  /** @param ruleset the ruleset module of the application, which answers are made from */
  static on(ruleset: DynamicModule): DynamicModule {
    return {
      module: QueryModule,
      imports: [ruleset],
      controllers: [QueryController],
      providers: [QueryService],
      exports: [QueryService],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { BrowsingController } from './browsing.controller.js';
import { BrowsingService } from './browsing.service.js';

@Module({})
export class BrowsingModule {
  /** @param ruleset the ruleset module of the application, which answers are made from */
  static on(ruleset: DynamicModule, settings: DynamicModule): DynamicModule {
    return {
      module: BrowsingModule,
      imports: [ruleset, settings],
      controllers: [BrowsingController],
      providers: [BrowsingService],
      exports: [BrowsingService],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { BrowsingController } from './browsing.controller.js';
import { BrowsingService } from './browsing.service.js';

@Module({})
export class BrowsingModule {
  /** @param ruleset the ruleset module of the application, which answers are made from */
  static on(ruleset: DynamicModule): DynamicModule {
    return {
      module: BrowsingModule,
      imports: [ruleset, SettingsModule],
      controllers: [BrowsingController],
      providers: [BrowsingService],
    };
  }
}

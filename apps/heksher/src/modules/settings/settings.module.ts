import { type DynamicModule, Module } from '@nestjs/common';
import { DeclarationsService } from './declarations.service.js';
import { SettingMetadataController } from './setting-metadata.controller.js';
import { SettingsController } from './settings.controller.js';
import { SettingsService } from './settings.service.js';

@Module({})
export class SettingsModule {
  static on(ruleset: DynamicModule): DynamicModule {
    return {
      module: SettingsModule,
      imports: [ruleset],
      controllers: [SettingsController, SettingMetadataController],
      providers: [SettingsService, DeclarationsService],
      exports: [SettingsService],
    };
  }
}

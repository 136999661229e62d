import { Module } from '@nestjs/common';
import { ContextFeaturesModule } from '../context-features/context-features.module.js';
import { DeclarationsService } from './declarations.service.js';
import { SettingMetadataController } from './setting-metadata.controller.js';
import { SettingMetadataService } from './setting-metadata.service.js';
import { SettingsController } from './settings.controller.js';
import { SettingsService } from './settings.service.js';

@Module({
  imports: [ContextFeaturesModule],
  controllers: [SettingsController, SettingMetadataController],
  providers: [SettingsService, DeclarationsService, SettingMetadataService],
  exports: [SettingsService],
})
export class SettingsModule {}

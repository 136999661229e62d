import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { OverridesController } from './overrides.controller.js';
import { OverridesService } from './overrides.service.js';
import { RuleMetadataController } from './rule-metadata.controller.js';
import { RulesController } from './rules.controller.js';
import { RulesService } from './rules.service.js';

@Module({
  imports: [SettingsModule],
  controllers: [RulesController, RuleMetadataController, OverridesController],
  providers: [RulesService, OverridesService],
  exports: [RulesService],
})
export class RulesModule {}

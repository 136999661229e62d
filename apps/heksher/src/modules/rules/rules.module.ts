import { type DynamicModule, Module } from '@nestjs/common';
import { OverridesController } from './overrides.controller.js';
import { OverridesService } from './overrides.service.js';
import { RuleMetadataController } from './rule-metadata.controller.js';
import { RulesController } from './rules.controller.js';
import { RulesService } from './rules.service.js';

@Module({})
export class RulesModule {
  static on(ruleset: DynamicModule, settings: DynamicModule): DynamicModule {
    return {
      module: RulesModule,
      imports: [ruleset, settings],
      controllers: [RulesController, RuleMetadataController, OverridesController],
      providers: [RulesService, OverridesService],
      exports: [RulesService],
    };
  }
}

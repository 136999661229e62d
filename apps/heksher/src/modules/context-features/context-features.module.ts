import { type DynamicModule, Module } from '@nestjs/common';
import { ContextFeaturesController } from './context-features.controller.js';
import { ContextFeaturesService } from './context-features.service.js';

@Module({})
export class ContextFeaturesModule {
  static on(ruleset: DynamicModule): DynamicModule {
    return {
      module: ContextFeaturesModule,
      imports: [ruleset],
      controllers: [ContextFeaturesController],
      providers: [ContextFeaturesService],
      exports: [ContextFeaturesService],
    };
  }
}

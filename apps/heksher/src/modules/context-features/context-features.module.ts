import { Module } from '@nestjs/common';
import { ContextFeaturesController } from './context-features.controller.js';
import { ContextFeaturesService } from './context-features.service.js';

@Module({
  controllers: [ContextFeaturesController],
  providers: [ContextFeaturesService],
  exports: [ContextFeaturesService],
})
export class ContextFeaturesModule {}

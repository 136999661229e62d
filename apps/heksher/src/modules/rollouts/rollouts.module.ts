import { type DynamicModule, Module } from '@nestjs/common';
import { RolloutMembersController } from './rollout-members.controller.js';
import { RolloutMembersService } from './rollout-members.service.js';
import { RolloutsController } from './rollouts.controller.js';
import { RolloutsService } from './rollouts.service.js';

@Module({})
export class RolloutsModule {
  static on(ruleset: DynamicModule, settings: DynamicModule): DynamicModule {
    return {
      module: RolloutsModule,
      imports: [ruleset, settings],
      controllers: [RolloutsController, RolloutMembersController],
      providers: [RolloutsService, RolloutMembersService],
    };
  }
}

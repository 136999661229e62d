import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { RolloutMembersController } from './rollout-members.controller.js';
import { RolloutMembersService } from './rollout-members.service.js';
import { RolloutsController } from './rollouts.controller.js';
import { RolloutsService } from './rollouts.service.js';

@Module({
  imports: [SettingsModule],
  controllers: [RolloutsController, RolloutMembersController],
  providers: [RolloutsService, RolloutMembersService],
})
export class RolloutsModule {}

import { type DynamicModule, Module } from '@nestjs/common';
import { ChangesetsController } from './changesets.controller.js';
import { Applier } from './applier.js';
import { ChangesetsService } from './changesets.service.js';
import { RevertsController } from './reverts.controller.js';
import { RevertsService } from './reverts.service.js';
import { ReviewService } from './review.service.js';
import { Schedule } from './schedule.js';

@Module({})
export class ChangesetsModule {
  /**
   * @param evaluation has the contexts asked about lately
   * @param history has what transactions changed
   */
  static on(ruleset: DynamicModule, evaluation: DynamicModule, history: DynamicModule): DynamicModule {
    return {
      module: ChangesetsModule,
      imports: [ruleset, evaluation, history],
      controllers: [ChangesetsController, RevertsController],
      providers: [Applier, ReviewService, ChangesetsService, RevertsService, Schedule],
    };
  }
}

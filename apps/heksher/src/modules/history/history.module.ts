import { type DynamicModule, Module } from '@nestjs/common';
import { HistoryController } from './history.controller.js';
import { HistoryService } from './history.service.js';
import { PastReads } from './past-reads.js';
import { TransactionLog } from './transaction-log.js';

@Module({})
export class HistoryModule {
  /** @param readers the modules of the application that answer reads from rulesets, and the one that has these */
  static on(...readers: readonly DynamicModule[]): DynamicModule {
    return {
      module: HistoryModule,
      imports: [...readers],
      controllers: [HistoryController],
      providers: [HistoryService, PastReads, TransactionLog],
      exports: [PastReads, HistoryService, TransactionLog],
    };
  }
}

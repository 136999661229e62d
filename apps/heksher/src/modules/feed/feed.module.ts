import { type DynamicModule, Module } from '@nestjs/common';
import { ChangesController } from './changes.controller.js';
import { ChangesAnswers } from './changes-answers.js';
import { FeedOptions } from './feed-options.js';
import { Feed } from './feed.service.js';
import { LiveFeed } from './live-feed.js';
import { LogMetrics } from './log-metrics.js';
import { OfrepEventsController } from './ofrep-events.controller.js';
import { Propagation } from './propagation.js';
import { Streams } from './streams.js';

@Module({})
export class FeedModule {
  /**
   * @param ruleset the ruleset module of the application
   * @param history the module of the application that reads the change log
   * @param propagation is told of clients elsewhere, too
   */
  static on(
    ruleset: DynamicModule,
    history: DynamicModule,
    options: FeedOptions,
    propagation: Propagation,
  ): DynamicModule {
    const own = [Feed, LiveFeed, Streams, ChangesAnswers, LogMetrics];
    return {
      module: FeedModule,
      imports: [ruleset, history],
      controllers: [ChangesController, OfrepEventsController],
      providers: [{ provide: FeedOptions, useValue: options }, { provide: Propagation, useValue: propagation }, ...own],
      exports: [Feed, LiveFeed, Streams],
    };
  }
}

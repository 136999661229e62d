import { type DynamicModule, Module } from '@nestjs/common';
import { Logger } from './logger.js';

/** The one logger, for every module: made before the application, since starting is logged too. */
@Module({})
export class LoggingModule {
  static with(logger: Logger): DynamicModule {
    return {
      module: LoggingModule,
      global: true,
      providers: [{ provide: Logger, useValue: logger }],
      exports: [Logger],
    };
  }
}

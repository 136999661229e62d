import { type DynamicModule, Module } from '@nestjs/common';
import { OfrepOptions } from './ofrep-options.js';
import { OfrepController } from './ofrep.controller.js';
import { OfrepService } from './ofrep.service.js';

@Module({})
export class OfrepModule {
  /** @param evaluation the evaluation module of the application */
  static on(evaluation: DynamicModule, options: OfrepOptions): DynamicModule {
    return {
      module: OfrepModule,
      imports: [evaluation],
      controllers: [OfrepController],
      providers: [{ provide: OfrepOptions, useValue: options }, OfrepService],
      exports: [OfrepService],
    };
  }
}

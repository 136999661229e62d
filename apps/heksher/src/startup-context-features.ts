import { type FactoryProvider, type OnModuleInit } from '@nestjs/common';
import { ContextFeaturesService } from './modules/context-features/context-features.service.js';

/** Brings the stored context features to what the operator expects, before anything is loaded; a start that cannot fails. */
export class StartupContextFeatures implements OnModuleInit {
  private constructor(
    private readonly features: ContextFeaturesService,
    private readonly expected: readonly string[] | undefined,
  ) {}

  /** @param expected undefined: the stored list is taken as it is */
  static of(expected: readonly string[] | undefined): FactoryProvider<StartupContextFeatures> {
    return {
      provide: StartupContextFeatures,
      inject: [ContextFeaturesService],
      useFactory: (features: ContextFeaturesService) => new StartupContextFeatures(features, expected),
    };
  }

  async onModuleInit(): Promise<void> {
    if (this.expected !== undefined) await this.features.reconcile(this.expected);
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { AdmissionGuard } from './http/admission-guard.js';
import { ErrorFilter } from './http/error-filter.js';
import { ValidationPipe } from './http/validation.js';
import { type Lifecycle } from './lifecycle.js';
import { BrowsingModule } from './modules/browsing/browsing.module.js';
import { ContextFeaturesModule } from './modules/context-features/context-features.module.js';
import { EvaluationModule } from './modules/evaluation/evaluation.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { Logger } from './modules/logging/index.js';
import { LoggingModule } from './modules/logging/logging.module.js';
import { ofrepError } from './modules/ofrep/ofrep-error.js';
import { OfrepModule } from './modules/ofrep/ofrep.module.js';
import { QueryModule } from './modules/query/query.module.js';
import { type ReadOptions } from './modules/ruleset/read-options.js';
import { RulesetModule } from './modules/ruleset/ruleset.module.js';
import { RolloutsModule } from './modules/rollouts/rollouts.module.js';
import { RulesModule } from './modules/rules/rules.module.js';
import { SettingsModule } from './modules/settings/settings.module.js';
import { StartupContextFeatures } from './startup-context-features.js';

/** What the application is given, made before it and closed after it. */
export type AppOptions = Readonly<{
  dataSource: DataSource;
  reads: ReadOptions;
  /** The context feature that OpenFeature's targeting key stands for. */
  targetingFeature: string | undefined;
  /** The context features that are expected, in order; undefined: the stored list is taken as it is. */
  startupContextFeatures: readonly string[] | undefined;
  logger: Logger;
  lifecycle: Lifecycle;
}>;

/** The service's modules. Where the data source is not connected, only the documents are served. */
@Module({})
export class AppModule {
  static in({ dataSource, reads, logger, lifecycle, ...given }: AppOptions): DynamicModule {
    const ruleset = RulesetModule.with(reads);
    const evaluation = EvaluationModule.on(ruleset);
    return {
      module: AppModule,
      imports: [
        LoggingModule.with(logger),
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...dataSource.options, manualInitialization: true }),
          dataSourceFactory: () => Promise.resolve(dataSource),
        }),
        ContextFeaturesModule,
        BrowsingModule.on(ruleset),
        SettingsModule,
        RulesModule,
        RolloutsModule,
        QueryModule.on(ruleset),
        evaluation,
        OfrepModule.on(evaluation, { targetingFeature: given.targetingFeature, cacheBytes: reads.cacheBytes / 8 }),
        HealthModule.on(ruleset, lifecycle),
      ],
      providers: [
        StartupContextFeatures.of(dataSource.isInitialized ? given.startupContextFeatures : undefined),
        { provide: APP_GUARD, useClass: AdmissionGuard },
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_FILTER, useValue: new ErrorFilter(logger.child('http'), { ofrep: ofrepError }) },
      ],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { AdmissionGuard } from './http/admission-guard.js';
import { ErrorFilter } from './http/error-filter.js';
import { ValidationPipe } from './http/validation.js';
import { type Metrics } from './metrics/metrics.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { type Lifecycle } from './lifecycle.js';
import { AccessGuard } from './modules/access/access.guard.js';
import { AccessModule, type Authentication } from './modules/access/access.module.js';
import { BrowsingModule } from './modules/browsing/browsing.module.js';
import { type ApprovalRule } from './access/approvals.js';
import { ChangesetsModule } from './modules/changesets/changesets.module.js';
import { ContextFeaturesModule } from './modules/context-features/context-features.module.js';
import { ContextSample } from './modules/evaluation/context-sample.js';
import { EffectModule } from './modules/effect/effect.module.js';
import { EvaluationModule } from './modules/evaluation/evaluation.module.js';
import { FeedOptions } from './modules/feed/feed-options.js';
import { FeedModule } from './modules/feed/feed.module.js';
import { type Propagation } from './modules/feed/propagation.js';
import { HealthModule } from './modules/health/health.module.js';
import { HistoryModule } from './modules/history/history.module.js';
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
import { type SinkOptions, SinksModule } from './modules/sinks/sinks.module.js';
import { type WebhookOptions } from './modules/webhooks/webhook-options.js';
import { WebhooksModule } from './modules/webhooks/webhooks.module.js';
import { StartupContextFeatures } from './startup-context-features.js';

/** What the application is given, made before it and closed after it. */
export type AppOptions = Readonly<{
  dataSource: DataSource;
  reads: ReadOptions;
  /** The context feature that OpenFeature's targeting key stands for. */
  targetingFeature: string | undefined;
  /** The context features that are expected, in order; undefined: the stored list is taken as it is. */
  startupContextFeatures: readonly string[] | undefined;
  /** Undefined: nobody is authenticated. */
  authentication: Authentication | undefined;
  /** How many of the contexts seen lately are kept. */
  contextSample: number;
  /** How many approvals change sets need, by the settings that they touch. */
  approvals: readonly ApprovalRule[];
  /** How changes are followed. */
  feed: FeedOptions;
  propagation: Propagation;
  webhooks: WebhookOptions;
  sinks: SinkOptions;
  logger: Logger;
  metrics: Metrics;
  /** Whether evaluations are counted by settings. */
  isCountedBySetting: boolean;
  lifecycle: Lifecycle;
}>;

/** The service's modules. Where the data source is not connected, only the documents are served. */
@Module({})
export class AppModule {
  static in({ dataSource, reads, logger, metrics, lifecycle, ...given }: AppOptions): DynamicModule {
    const metadataUrl = (prefix: string): string | undefined => given.authentication?.resource.metadataUrl(prefix);
    const errorFilter = new ErrorFilter(logger.child('http'), { ofrep: ofrepError }, metadataUrl);
    const ruleset = RulesetModule.with(reads, given.approvals);
    const settings = SettingsModule.on(ruleset);
    const evaluation = EvaluationModule.on(ruleset, new ContextSample(given.contextSample), given.isCountedBySetting);
    const browsing = BrowsingModule.on(ruleset, settings);
    const query = QueryModule.on(ruleset);
    const { targetingFeature } = given;
    const ofrep = OfrepModule.on(evaluation, {
      targetingFeature,
      cacheBytes: reads.cacheBytes / 8,
      hasEvents: given.feed.streamsMax > 0,
    });
    const history = HistoryModule.on(ruleset, browsing, query, evaluation, ofrep);
    const feed = FeedModule.on(ruleset, history, given.feed, given.propagation);
    const webhooks = WebhooksModule.on(ruleset, feed, given.webhooks);
    return {
      module: AppModule,
      imports: [
        ruleset,
        LoggingModule.with(logger),
        MetricsModule.with(metrics),
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...dataSource.options, manualInitialization: true }),
          dataSourceFactory: () => Promise.resolve(dataSource),
        }),
        AccessModule.on(ruleset, given.authentication),
        ContextFeaturesModule.on(ruleset),
        browsing,
        settings,
        RulesModule.on(ruleset, settings),
        RolloutsModule.on(ruleset, settings),
        query,
        evaluation,
        EffectModule.on(evaluation),
        ofrep,
        history,
        feed,
        webhooks,
        SinksModule.on(ruleset, webhooks, given.sinks, given.webhooks.source),
        ChangesetsModule.on(ruleset, evaluation, history),
        HealthModule.on(ruleset, lifecycle),
      ],
      providers: [
        StartupContextFeatures.of(dataSource.isInitialized ? given.startupContextFeatures : undefined),
        { provide: APP_GUARD, useClass: AdmissionGuard },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_FILTER, useValue: errorFilter },
      ],
    };
  }
}

import { type Server } from 'node:http';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { type AccessConfig } from './config-access.js';
import { type Config } from './config.js';
import { type Database } from './database.js';
import { type Observation } from './http/observation.js';
import { readBodies } from './http/body-reading.js';
import { Gateways } from './http/gateways.js';
import { HeksherAdapter } from './http/heksher-adapter.js';
import { SharedBuckets } from './http/shared-buckets.js';
import { type Lifecycle } from './lifecycle.js';
import { DryRunAnswer } from './modules/effect/effect.answers.js';
import { SharedRedis } from './shared-redis.js';
import { serveConsole } from './modules/console/serve-console.js';
import { serveDocuments } from './openapi/api-docs.js';
import { UNCONTROLLED } from './openapi/document-access.js';
import { type Authentication } from './modules/access/access.module.js';
import { registerAccess } from './modules/access/access-metrics.js';
import { Authenticator } from './modules/access/authenticator.js';
import { CredentialsInMemory } from './modules/access/credentials.js';
import { GatewayIdentity } from './modules/access/gateway-identity.js';
import { JwtTokens } from './modules/access/jwt-tokens.js';
import { KeysService } from './modules/access/keys.service.js';
import { OpaqueTokens } from './modules/access/opaque-tokens.js';
import { ProtectedResource } from './modules/access/protected-resource.js';
import { TokenVerifiers } from './modules/access/token-verifiers.js';
import { evaluateRoute } from './modules/evaluation/evaluation.routes.js';
import { EvaluationService } from './modules/evaluation/evaluation.service.js';
import { PastReads } from './modules/history/past-reads.js';
import { type Logger, NestLogger } from './modules/logging/index.js';
import { allFlagsRoute, flagRoute } from './modules/ofrep/ofrep.routes.js';
import { OfrepService } from './modules/ofrep/ofrep.service.js';
import { queryRoute } from './modules/query/query.routes.js';
import { noteReaders, Propagation } from './modules/feed/propagation.js';
import { QueryService } from './modules/query/query.service.js';
import { RulesetService } from './modules/ruleset/ruleset.service.js';
import { addRuleRoute, changeRuleValueRoute } from './modules/rules/rules.routes.js';
import { RulesService } from './modules/rules/rules.service.js';
import { FastReads } from './reads/fast-reads.js';
import { FastWrites } from './write-routes/fast-writes.js';
import { type Metrics } from './metrics/metrics.js';
import { type Tracing } from './tracing/tracing.js';
import { certifiedBy, entranceOf, takesCertificates } from './entrance-steps.js';
import { consoleLoginOf, documentAccessOf } from './logins.js';

/** What a service is made with beside its database. */
export type Running = Readonly<{
  lifecycle: Lifecycle;
  observation: Observation | undefined;
  tracing: Tracing | undefined;
  metrics: Metrics;
}>;

/** The application as the configuration asks for it; it does not listen yet. */
export async function createApp(
  config: Config,
  {
    dataSource,
    connection,
    pastConnection,
    feedConnection,
    lifecycle,
    observation,
    tracing,
    metrics,
  }: Database & Running,
  log: Logger,
): Promise<INestApplication> {
  const access = config.docOnly ? undefined : config.access;
  const authentication = access && authenticationBy(access, takesCertificates(config), log.child('access'));
  const credentials = authentication?.credentials;
  const reads = {
    ...config.reads,
    companion: credentials,
    tracing,
    connection,
    pastConnection,
    feedConnection,
    isConnected: dataSource.isInitialized,
    loadTimeoutMs: config.pool.statementTimeoutMs,
  };
  const { targetingFeature, startupContextFeatures, contextSample, approvals, webhooks, sinks } = config;
  const gateways = new Gateways(config.gateways);
  const identity = config.gateways.identity && new GatewayIdentity(config.gateways.identity, gateways);
  const authenticator =
    authentication &&
    new Authenticator(authentication.credentials, authentication.tokens, identity, certifiedBy(config, gateways));
  if (authenticator !== undefined && authentication !== undefined)
    registerAccess(metrics, authenticator.counts, authentication.tokens);
  const shared = sharedBuckets(config, log.child('http'));
  const propagation = new Propagation();
  const entrance = entranceOf(config, gateways, { identity, authenticator, shared }, noteReaders(propagation));
  const adapter = new HeksherAdapter(
    entrance,
    { ...config.server, tls: config.tls.server },
    lifecycle,
    log.child('http'),
    observation,
  );
  const app = await NestFactory.create(
    AppModule.in({
      dataSource,
      reads,
      targetingFeature,
      startupContextFeatures,
      authentication,
      contextSample,
      approvals,
      feed: { ...config.feed, keptS: config.changeLogDays * 86_400 || undefined },
      metrics,
      propagation,
      isCountedBySetting: config.metricsBySetting,
      webhooks: { ...webhooks, tracing },
      sinks,
      logger: log,
      lifecycle,
    }),
    adapter,
    {
      bodyParser: false,
      abortOnError: false,
      logger: new NestLogger(log),
    },
  );
  if (shared !== undefined)
    (app.getHttpServer() as Server).once('listening', () => shared.start()).once('close', () => shared.stop());
  if (!config.docOnly) {
    const fastReads = new FastReads(
      [
        queryRoute(app.get(QueryService)),
        evaluateRoute(app.get(EvaluationService)),
        allFlagsRoute(app.get(OfrepService)),
        flagRoute(app.get(OfrepService)),
      ],
      observation,
    );
    if (authenticator !== undefined) authenticator.freshen = () => app.get(RulesetService).follower.checked();
    if (access?.adminKey !== undefined) await app.get(KeysService).ensureAdmin(access.adminKey());
    const rules = app.get(RulesService);
    const fastWrites = new FastWrites([addRuleRoute(rules), changeRuleValueRoute(rules)], observation);
    adapter.useFastPath((...request) => fastReads.answer(...request) || fastWrites.answer(...request));
  }
  app.use(readBodies(config.bodyLimits));
  app.use(app.get(PastReads).middleware());
  const documentAccess = access === undefined ? UNCONTROLLED : documentAccessOf(access, log.child('access'));
  const isConsoleThere = config.console !== undefined && serveConsole(app, config.console, consoleLoginOf(config, log));
  serveDocuments(app, [DryRunAnswer], documentAccess, isConsoleThere && !config.docOnly ? 'console' : 'docs');
  return app;
}

function authenticationBy(
  { openActions, oauth, introspection, ...access }: AccessConfig,
  isBound: boolean,
  log: Logger,
): Authentication {
  const opaque = introspection && new OpaqueTokens(introspection, log);
  return {
    credentials: new CredentialsInMemory(openActions, access.tokens),
    tokens: new TokenVerifiers(oauth && new JwtTokens(oauth, log), opaque),
    resource: new ProtectedResource(oauth, isBound),
  };
}

function sharedBuckets({ redisUrl, docOnly }: Config, log: Logger): SharedBuckets | undefined {
  if (redisUrl === undefined || docOnly) return undefined;
  return new SharedBuckets(new SharedRedis(redisUrl, 'rates are', log));
}

import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Logger } from '../logging/index.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { Outbox } from '../webhooks/outbox.js';
import { NatsStream, type NatsSinkOptions } from './nats-stream.js';
import { RedisStream, type RedisSinkOptions } from './redis-stream.js';
import { Sink } from './sink.js';
import { SinkMetrics } from './sink-metrics.js';

/** Where events are published, beside to webhooks; undefined: not there. */
export type SinkOptions = Readonly<{ redis: RedisSinkOptions | undefined; nats: NatsSinkOptions | undefined }>;

type Given = [DataSource, Outbox, RulesetService, SinkMetrics, Logger];

@Module({})
export class SinksModule {
  /**
   * @param webhooks the module that has the outbox
   * @param source the public address of the service
   */
  static on(
    ruleset: DynamicModule,
    webhooks: DynamicModule,
    { redis, nats }: SinkOptions,
    source: string,
  ): DynamicModule {
    const provide = (stream: (log: Logger) => RedisStream | NatsStream) => ({
      provide: Symbol('sink'),
      inject: [DataSource, Outbox, RulesetService, SinkMetrics, Logger],
      useFactory: (...[dataSource, outbox, rulesets, metrics, logger]: Given) => {
        const log = logger.child('sinks');
        return new Sink({ dataSource, outbox, rulesets, metrics, stream: stream(log), source, log });
      },
    });
    const providers = [
      SinkMetrics,
      ...(redis === undefined ? [] : [provide((log) => new RedisStream(redis, log))]),
      ...(nats === undefined ? [] : [provide(() => new NatsStream(nats))]),
    ];
    return { module: SinksModule, imports: [ruleset, webhooks], providers: (redis ?? nats) ? providers : [] };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { Delivery } from './delivery.js';
import { Outbox } from './outbox.js';
import { SecretBox } from './secret-box.js';
import { Sender } from './sender.js';
import { SsrfGuard } from './ssrf-guard.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { WebhookOptions } from './webhook-options.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

@Module({})
export class WebhooksModule {
  /** @param feed what endpoints are told of */
  static on(ruleset: DynamicModule, feed: DynamicModule, options: WebhookOptions): DynamicModule {
    const guard = new SsrfGuard(options.allowed);
    const secrets = new SecretBox(options.secretKeys);
    return {
      module: WebhooksModule,
      imports: [ruleset, feed],
      controllers: [WebhooksController],
      providers: [
        { provide: WebhookOptions, useValue: options },
        { provide: SsrfGuard, useValue: guard },
        { provide: SecretBox, useValue: secrets },
        { provide: Delivery, useValue: new Delivery(guard, secrets, options) },
        WebhookMetrics,
        Outbox,
        Sender,
        WebhooksService,
      ],
      exports: [Outbox],
    };
  }
}

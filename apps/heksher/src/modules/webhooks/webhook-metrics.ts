import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BetweenScrapes } from '../../metrics/between-scrapes.js';
import { Metrics } from '../../metrics/metrics.js';
import { type Outcome } from './delivery.js';

type Lag = Readonly<{ endpoint: string; lagS: number }>;

/** How long the first change behind each cursor has been waiting. */
const LAGS = `
  select w.id::text as endpoint,
         coalesce((select extract(epoch from clock_timestamp() - c.at) from heksher_changes c
                    where c.seq > w.cursor_seq order by c.seq limit 1), 0)::float8 as "lagS"
    from heksher_webhooks w
   where w.state <> 'disabled'
   order by w.id
   limit 1000`;

/** Tells how webhooks go: attempts of this process, and how far behind all endpoints are, whichever process tells them. */
@Injectable()
export class WebhookMetrics {
  private readonly attempts = { delivered: 0, failed: 0, gone: 0 };
  private givenUp = 0;

  constructor(dataSource: DataSource, metrics: Metrics) {
    metrics.counter('heksher_webhook_deliveries_total', 'Attempts to deliver an event, and events given up.', () => [
      ...Object.entries(this.attempts).map(([outcome, count]) => [{ outcome }, count] as const),
      [{ outcome: 'given_up' }, this.givenUp],
    ]);
    const lags = new BetweenScrapes<readonly Lag[]>(() => dataSource.query(LAGS), []);
    metrics.gauge('heksher_webhook_lag_seconds', 'How long endpoints have been waiting for their next change.', () =>
      lags.now().map(({ endpoint, lagS }) => [{ endpoint }, lagS]),
    );
  }

  attempted({ kind }: Outcome): void {
    this.attempts[kind] += 1;
  }

  gaveUp(): void {
    this.givenUp += 1;
  }
}

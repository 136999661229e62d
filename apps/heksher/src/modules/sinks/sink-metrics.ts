import { Injectable } from '@nestjs/common';
import { type Labels, Metrics } from '../../metrics/metrics.js';

/** What a sink has done; `revision` is behind the last event that is known to be published. */
export type SinkStats = Readonly<{ published: number; failures: number; revision: number | undefined }>;

/** Tells of all sinks together, each under the name of its broker. */
@Injectable()
export class SinkMetrics {
  private readonly sinks = new Map<string, SinkStats>();

  constructor(metrics: Metrics) {
    metrics.counter('heksher_sink_events_total', 'Events that this process has published.', () =>
      this.each(({ published }) => published),
    );
    metrics.counter('heksher_sink_failures_total', 'Rounds in which events could not be published.', () =>
      this.each(({ failures }) => failures),
    );
    metrics.gauge('heksher_sink_revision', 'The revision behind the last event that is known to be published.', () =>
      this.each(({ revision }) => revision),
    );
  }

  add(name: string, stats: SinkStats): void {
    this.sinks.set(name, stats);
  }

  private each(value: (stats: SinkStats) => number | undefined): readonly (readonly [Labels, number])[] {
    return [...this.sinks].flatMap(([sink, stats]) => {
      const one = value(stats);
      return one === undefined ? [] : [[{ sink }, one] as const];
    });
  }
}

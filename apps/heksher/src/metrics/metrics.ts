import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import { type Histogram } from './histogram.js';

export type Labels = Readonly<Record<string, string>>;

/** Values by their labels, read when they are asked for. */
export type Series<T> = () => readonly (readonly [Labels, T])[];

/** What is told of a cache of answers: how often one was kept, and how often one had to be made. */
export type CountedCache = Readonly<{ hits: number; made: number; bytes: number }>;

/** These go up and down, and are called counters: what checks metrics refuses them. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** The one series of a metric without labels. */
export const one =
  <T>(value: () => T): Series<T> =>
  () => [[{}, value()]];

/** All metrics of a service. Who has something to tell registers it here; it is read when it is asked for, and kept nowhere else. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly caches = new Map<string, CountedCache>();

  counter(name: string, help: string, series: Series<number>): void {
    this.add(name, help, 'counter', () => series().map(([labels, value]) => ({ labels, value })));
  }

  gauge(name: string, help: string, series: Series<number>): void {
    this.add(name, help, 'gauge', () => series().map(([labels, value]) => ({ labels, value })));
  }

  histogram(name: string, help: string, series: Series<Histogram>): void {
    this.add(name, help, 'histogram', () =>
      series().flatMap(([labels, histogram]) => samplesOf(name, labels, histogram)),
    );
  }

  /** Adds one of the caches of answers, which are told of together. */
  addCache(name: string, cache: CountedCache): void {
    if (this.caches.size === 0) this.registerCaches();
    this.caches.set(name, cache);
  }

  private registerCaches(): void {
    const help = 'Answers that were asked for, and were kept from before, or had to be made.';
    this.counter('heksher_answer_cache_requests_total', help, () =>
      [...this.caches].flatMap(([cache, { hits, made }]) => [
        [{ cache, outcome: 'hit' }, hits] as const,
        [{ cache, outcome: 'miss' }, made] as const,
      ]),
    );
    this.gauge('heksher_answer_cache_bytes', 'How much memory the kept answers take, about.', () =>
      Array.from(this.caches, ([cache, { bytes }]) => [{ cache }, bytes] as const),
    );
  }

  /** What can be told of any process of Node. */
  addProcess(): void {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** As Prometheus reads them. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  private add(name: string, help: string, type: string, values: () => readonly Sample[]): void {
    // The registry asks for no more than this; its types ask for its own classes.
    const metric = { name, help, type, get: () => Promise.resolve({ name, help, type, values: values() }) };
    this.registry.registerMetric(metric as unknown as Metric);
  }
}

type Sample = Readonly<{ metricName?: string; labels: Labels; value: number }>;

function samplesOf(name: string, labels: Labels, histogram: Histogram): readonly Sample[] {
  const buckets = histogram.cumulative().map(([bound, value]) => {
    const le = bound === Infinity ? '+Inf' : String(bound);
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value };
  });
  const sums = [
    { metricName: `${name}_sum`, labels, value: histogram.sum },
    { metricName: `${name}_count`, labels, value: histogram.count },
  ];
  return [...buckets, ...sums];
}

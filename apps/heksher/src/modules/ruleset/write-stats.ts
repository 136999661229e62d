import { HeksherError } from '@heksher/core';
import { DURATIONS, Histogram } from '../../metrics/histogram.js';
import { type Metrics, one } from '../../metrics/metrics.js';
import { WriteCounts, type WriteOperation } from '../../metrics/write-counts.js';

/** How writes go. */
export class WriteStats {
  private readonly counts = new WriteCounts();
  /** With their waiting for others. */
  private readonly durations = new Histogram(DURATIONS);
  private readonly waits = new Histogram(DURATIONS);

  constructor(metrics: Metrics) {
    const help = 'Writes, by what they are of, and what came of them: done, refused for what they asked, or failed.';
    metrics.counter('heksher_writes_total', help, () => this.counts.all());
    const duration = 'How long writes took, with their waiting for others.';
    metrics.histogram(
      'heksher_write_duration_seconds',
      duration,
      one(() => this.durations),
    );
    const wait = 'How long writes waited for others before they could be decided.';
    metrics.histogram(
      'heksher_write_wait_seconds',
      wait,
      one(() => this.waits),
    );
  }

  /** Counts a write. */
  async counted<T>(operation: WriteOperation | undefined, work: () => Promise<T>): Promise<T> {
    const beganAt = performance.now();
    try {
      const result = await work();
      this.counts.add(operation, 'done');
      return result;
    } catch (error) {
      const isRefused = error instanceof HeksherError && error.code !== 'unavailable';
      this.counts.add(operation, isRefused ? 'refused' : 'failed');
      throw error;
    } finally {
      this.durations.observe((performance.now() - beganAt) / 1_000);
    }
  }

  /** Counts how long a write has waited for others. */
  waitedSince(beganAt: number): void {
    this.waits.observe((performance.now() - beganAt) / 1_000);
  }
}

import { pgErrorCode, poolState, type StatementObserver } from '@heksher/database';
import { type DataSource } from 'typeorm';
import { DURATIONS, Histogram } from './metrics/histogram.js';
import { type Labels, type Metrics, one } from './metrics/metrics.js';

const SYSTEM = { db_system_name: 'postgresql' };

/** How long statements took: there are as many series as there are operations and codes of errors. */
export class StatementDurations {
  private readonly durations = new Map<string, readonly [Labels, Histogram]>();

  constructor(metrics: Metrics) {
    const help = 'How long statements took; checks of the revision have a metric of their own.';
    metrics.histogram('db_client_operation_duration_seconds', help, () => [...this.durations.values()]);
  }

  readonly observe: StatementObserver = (operation, beganAt, error) => {
    const type = error === undefined ? undefined : (pgErrorCode(error) ?? 'connection');
    const key = type === undefined ? operation : `${operation} ${type}`;
    let known = this.durations.get(key);
    if (known === undefined) {
      const failed: Labels = type === undefined ? {} : { error_type: type };
      known = [{ ...SYSTEM, db_operation_name: operation, ...failed }, new Histogram(DURATIONS)];
      this.durations.set(key, known);
    }
    known[1].observe((performance.now() - beganAt) / 1_000);
  };
}

/** @param most how many sessions the pool may have */
export function registerPool(metrics: Metrics, dataSource: DataSource, most: number): void {
  metrics.gauge('db_client_connections', 'Sessions of the pool.', () => {
    const { total, idle } = poolState(dataSource);
    return [
      [{ state: 'used' }, total - idle],
      [{ state: 'idle' }, idle],
    ];
  });
  metrics.gauge(
    'db_client_connection_max',
    'How many sessions the pool may have.',
    one(() => most),
  );
  metrics.gauge(
    'db_client_connection_pending_requests',
    'What waits for a session of the pool.',
    one(() => poolState(dataSource).waiting),
  );
}

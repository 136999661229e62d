import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BetweenScrapes } from '../../metrics/between-scrapes.js';
import { Metrics } from '../../metrics/metrics.js';
import { FeedOptions } from './feed-options.js';

type LogState = Readonly<{ oldestS: number; entries: number }>;

/** Ids have gaps, so that there may be fewer entries. */
const STATE = `
  select extract(epoch from clock_timestamp() - oldest.at)::float8 as "oldestS", (newest.id - oldest.id + 1)::float8 as entries
    from (select c.id, c.at from heksher_changes c order by c.id limit 1) oldest
   cross join (select c.id from heksher_changes c order by c.id desc limit 1) newest`;

/** Tells how far the change log reaches back. */
@Injectable()
export class LogMetrics {
  constructor(dataSource: DataSource, { keptS }: FeedOptions, metrics: Metrics) {
    const state = new BetweenScrapes<LogState | undefined>(async () => {
      const [row] = await dataSource.query<readonly LogState[]>(STATE);
      return row;
    }, undefined);
    metrics.gauge('heksher_changes_oldest_seconds', 'How old the oldest entry of the change log is.', () => {
      const known = state.now();
      return known === undefined ? [] : [[{}, known.oldestS]];
    });
    metrics.gauge('heksher_changes_entries', 'How many entries the change log has, at most.', () => {
      const known = state.now();
      return known === undefined ? [] : [[{}, known.entries]];
    });
    metrics.gauge(
      'heksher_changes_kept_seconds',
      'How old entries of the change log become before they are deleted; absent where they are not.',
      () => (keptS === undefined ? [] : [[{}, keptS]]),
    );
  }
}

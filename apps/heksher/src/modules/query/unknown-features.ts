import { type Logger } from '../logging/index.js';

const QUIET_MS = 600_000;
const MOST_KEPT = 1_000;

/** Logs context features that a query filters by but that do not exist: each once in ten minutes, however many ask. */
export class UnknownFeatureReporter {
  private readonly reported = new Map<string, number>();

  constructor(private readonly log: Logger) {}

  report(feature: string, now = Date.now()): void {
    const last = this.reported.get(feature);
    if (last !== undefined && now - last < QUIET_MS) return;
    if (this.reported.size >= MOST_KEPT) this.reported.clear();
    this.reported.set(feature, now);
    this.log.info('queries filter by a context feature that does not exist', { context_feature: feature });
  }
}

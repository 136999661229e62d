import { type Logger } from '../logging/index.js';

const QUIET_MS = 600_000;
const MOST_KEPT = 1_000;

/**
 * Logs context features that a query filters by but that do not exist: each once in ten minutes, however many ask, and
 * a thousand in that time, whatever names are made up.
 */
export class UnknownFeatureReporter {
  /** When each was, the earliest first. */
  private readonly reported = new Map<string, number>();

  constructor(private readonly log: Logger) {}

  report(feature: string, now = Date.now()): void {
    const last = this.reported.get(feature);
    if (last !== undefined && now - last < QUIET_MS) return;
    for (const [name, at] of this.reported) {
      if (now - at < QUIET_MS) break;
      this.reported.delete(name);
    }
    if (this.reported.size >= MOST_KEPT) return;
    this.reported.set(feature, now);
    this.log.info('queries filter by a context feature that does not exist', { context_feature: feature });
  }
}

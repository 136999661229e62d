import { type Readiness } from '../ruleset/ruleset-follower.js';
import { type ProbeAnswer } from './health.api.js';

/** The answer of the readiness probe. What the driver said is in the log, and not for everybody who asks. */
export function judgeReadiness(reads: Readiness, isShuttingDown: boolean): ProbeAnswer {
  const service = isShuttingDown ? { status: 'down', message: 'shutting down' } : { status: 'up' };
  const details = { service, queries: QUERIES[reads.kind], database: databaseOf(reads) };
  if (isShuttingDown || reads.kind === 'unable') return { status: 'error', details };
  return reads.kind === 'able'
    ? { status: 'ok', details }
    : { status: 'degraded', since: details.database.since, details };
}

const QUERIES = {
  able: { status: 'up' },
  degraded: { status: 'up', message: 'answered from memory, marked with Heksher-Stale' },
  unable: { status: 'down', message: 'not answered: what is in memory is too old' },
} satisfies Record<Readiness['kind'], object>;

function databaseOf({ since }: Readiness): Readonly<{ status: string; message?: string; since?: string }> {
  if (since === undefined) return { status: 'up' };
  return { status: 'down', message: 'the database does not answer', since: since.toISOString() };
}

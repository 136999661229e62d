import { type Metrics } from '../../metrics/metrics.js';
import { type AuthCounts } from './auth-counts.js';
import { type TokenVerifiers } from './token-verifiers.js';

/** Who was let in by what, where that was known from, and how old the keys of issuers are. */
export function registerAccess(metrics: Metrics, counts: AuthCounts, { jwt, opaque }: TokenVerifiers): void {
  metrics.counter('heksher_auth_total', 'Requests by how they said who asks, and what came of that.', () =>
    Object.entries(counts.byMethod).flatMap(([method, outcomes]) =>
      Object.entries(outcomes).map(([outcome, count]) => [{ method, outcome }, count] as const),
    ),
  );
  metrics.counter('heksher_auth_cache_total', 'Credentials by where what they prove was known from.', () => {
    const { connection, memory, database } = counts.tiers;
    const known = memory + (jwt?.stats.known ?? 0) + (opaque?.stats.known ?? 0);
    const tiers = { connection, memory: known, database };
    const ofTokens = { shared: opaque?.stats.shared, issuer: opaque?.stats.asked, signature: jwt?.stats.verified };
    return Object.entries({ ...tiers, ...ofTokens }).map(([tier, count]) => [{ tier }, count ?? 0]);
  });
  if (jwt === undefined) return;
  metrics.gauge('heksher_jwks_age_seconds', 'How long ago the keys of an issuer were fetched.', () =>
    jwt.keyAges.map(([issuer, ageS]) => [{ issuer }, ageS]),
  );
}

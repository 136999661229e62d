/** How a client is doing. */
export type ClientStatus = Readonly<{
  /** `serving`: updates succeed; `failing`: the last one failed, and values are those from before. */
  state: 'serving' | 'failing' | 'closed';
  /** Where values come from. */
  source: 'service' | 'bootstrap' | 'defaults';
  /** Names the state of the service's data that values are of; null before the service has answered. */
  revision: string | null;
  /** Milliseconds since the service last confirmed the values, whatever the clock did; null where it never has. */
  ageMs: number | null;
  /** The service answered from memory while its database was away. */
  isStale: boolean;
  /** Updates that failed since the last that did not. */
  failures: number;
  lastError: unknown;
}>;

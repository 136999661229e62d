/** What a source of updates may do to its client. */
export type Updates = Readonly<{
  /** Asks the service for what changed; calls while one is under way share the next. Rejects where that fails. */
  refresh(): Promise<void>;
  /** How many updates failed since the last that did not. */
  failures(): number;
  /** Aborted when the client closes: end timers and connections then. */
  closed: AbortSignal;
}>;

/** Decides when a client asks for values: by the clock (`polling`), or when it is told that something changed. */
export type UpdateSource = (updates: Updates) => void;

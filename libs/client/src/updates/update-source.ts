/** What a source of updates may do to its client. */
export type Updates = Readonly<{
  /** Asks the service for what changed; calls while one is under way share the next. Rejects where that fails. */
  refresh(): Promise<void>;
  /** How many updates failed since the last that did not. */
  failures(): number;
  /** For how long the service asked to be left alone, when the last update failed; else 0. */
  retryAfterMs(): number;
  /** Opens the stream of changes to the settings that are served now; it ends when others are added, and by the signal. */
  listen(signal: AbortSignal): Promise<Listening>;
  /** Tells whether changes are heard of at once, for `status()`. */
  streams(isStreaming: boolean): void;
  /** Aborted when the client closes: end timers and connections then. */
  closed: AbortSignal;
}>;

/** Decides when a client asks for values: by the clock (`polling`), or when something signals a change. */
export type UpdateSource = (updates: Updates) => void;

/**
 * The head of an answer, whose body is still to come. `endsWithProgram`: reading it does not keep the program running. `isReplaced`:
 * it was ended, since it was for other settings than those that are served now. `served` is told that the state of an id is served.
 */
export type Listening = Readonly<{
  response: Response;
  endsWithProgram: boolean;
  isReplaced: () => boolean;
  served: (id: string | undefined) => void;
}>;

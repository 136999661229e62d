/** How changes are followed. A class, so that it can be injected. */
export class FeedOptions {
  /** Whether notifications of PostgreSQL are listened to; else the revision is looked at each second alone. */
  readonly notify!: boolean;
  /** How many may follow at a time; 0: nobody. */
  readonly streamsMax!: number;
  /** How many of one principal. */
  readonly streamsPerPrincipal!: number;
  /** How long a stream lasts, give or take a tenth. */
  readonly streamMaxMs!: number;
  /** How long changes are kept, in seconds; undefined: for ever. */
  readonly keptS?: number | undefined;
}

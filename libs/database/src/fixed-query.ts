import type pg from 'pg';
import { serialize } from 'pg-protocol';

/** A prepared statement with its parameters, which are texts, that gives one row at most. Made once, it can be run any number of times. */
export class FixedQuery {
  /** The messages that run it once it is prepared. */
  readonly run: Buffer;

  constructor(
    readonly name: string,
    readonly text: string,
    values: readonly string[] = [],
  ) {
    const bind = serialize.bind({ statement: name, values: [...values] });
    this.run = Buffer.concat([bind, serialize.execute(), serialize.sync()]);
  }

  /** The messages that prepare and run it. */
  get prepareAndRun(): Buffer {
    return Buffer.concat([serialize.parse({ name: this.name, text: this.text }), this.run]);
  }
}

/** A private field of pg's connection: the statements prepared on it. */
type Preparing = pg.Connection & { readonly parsedStatements?: Readonly<Record<string, string>> };

/**
 * One run of a fixed query. pg's own query object took more than half of what a check cost this process (docs/decisions/check-session.md): it
 * copies its options, requests and reads a description of the columns each time, parses each value and emits events.
 * The columns are texts, as PostgreSQL prints their values.
 */
export class FixedQueryRun implements pg.Submittable {
  readonly name: string;
  readonly text: string;
  /** Is told how it ended, before whoever runs it. */
  observer: ((error: Error | undefined) => void) | undefined;
  private row: readonly (string | null)[] | undefined;

  /** @param isObserved whether it counts among the statements whose times are taken */
  constructor(
    private readonly query: FixedQuery,
    private readonly done: (error: Error | undefined, row: readonly (string | null)[] | undefined) => void,
    readonly isObserved = false,
  ) {
    this.name = query.name;
    this.text = query.text;
  }

  submit(connection: Preparing): void {
    const isPrepared = connection.parsedStatements?.[this.name] === this.text;
    connection.stream.write(isPrepared ? this.query.run : this.query.prepareAndRun);
  }

  handleDataRow({ fields }: Readonly<{ fields: readonly (string | null)[] }>): void {
    this.row = fields;
  }

  handleCommandComplete(): void {
    // ReadyForQuery follows and completes the query.
  }

  handleReadyForQuery(): void {
    this.observer?.(undefined);
    this.done(undefined, this.row);
  }

  handleError(error: Error): void {
    this.observer?.(error);
    this.observer = undefined;
    this.done(error, undefined);
  }
}

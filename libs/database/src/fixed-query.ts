import type pg from 'pg';
import { serialize } from 'pg-protocol';

/** A prepared statement without parameters that gives one row. Made once, it can be run any number of times. */
export class FixedQuery {
  /** The messages that run it once it is prepared. */
  readonly run: Buffer;
  /** The messages that prepare and run it. */
  readonly prepareAndRun: Buffer;

  constructor(
    readonly name: string,
    readonly text: string,
  ) {
    this.run = Buffer.concat([serialize.bind({ statement: name }), serialize.execute(), serialize.sync()]);
    this.prepareAndRun = Buffer.concat([serialize.parse({ name, text }), this.run]);
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
  private row: readonly (string | null)[] | undefined;

  constructor(
    private readonly query: FixedQuery,
    private readonly done: (error: Error | undefined, row: readonly (string | null)[] | undefined) => void,
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
    this.done(undefined, this.row);
  }

  handleError(error: Error): void {
    this.done(error, undefined);
  }
}

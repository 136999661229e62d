import { type Ruleset } from '@heksher/ruleset';
import { type Principal } from '../access/principal.js';
import { type ReadAnswer } from './read-answer.js';
import { type Receiver } from './receiver.js';

/** What is read of the past: everything as of a revision, and the time that it is looked at. */
export type PastReading = Readonly<{
  ruleset: Ruleset;
  staleSeconds: undefined;
  past: Readonly<{ seq: string; atMs: number }>;
}>;

/** The parts of a read request. */
export type ReadRequest = Readonly<{
  /** Without `?`; empty if absent. */
  queryString: string;
  /** The last segment of the path where the route ends in a parameter; else empty. */
  parameter: string;
  /** Empty if absent. */
  body: Buffer;
  /** Who asks; undefined: nobody is authenticated. */
  principal: Principal | undefined;
  /** Whether the client has the answer of that tag, as its `If-None-Match` says. */
  has(etag: string): boolean;
  /** What is to be read; undefined: what there is now. */
  past?: PastReading | undefined;
}>;

/**
 * A read that is answered from memory: a plain request without Express, any other through Express
 * (docs/decisions/reads-without-express.md). Both use `handle`.
 */
export type ReadRoute = Readonly<{
  method: 'GET' | 'POST';
  /** Such as `/api/v1/query`; the last segment may be a parameter, such as `:key`. */
  path: string;
  permission: 'read' | 'evaluate';
  /** An exception counts as `receiver.failed`. */
  handle(request: ReadRequest, receiver: Receiver<ReadAnswer>): void;
}>;

import { type Permission } from '../http/admission.js';
import { type ReadAnswer } from './read-answer.js';
import { type Receiver } from './receiver.js';

/** The parts of a read request. */
export type ReadRequest = Readonly<{
  /** Without `?`; empty where there is none. */
  queryString: string;
  /** The last segment of the path where the route ends in a parameter; else empty. */
  parameter: string;
  /** Empty where there is none. */
  body: Buffer;
  /** Whether the client has the answer of that tag, as its `If-None-Match` says. */
  has(etag: string): boolean;
}>;

/**
 * A read that is answered from memory: a plain request without Express, any other through Express
 * (docs/decisions/reads-without-express.md). Both use `handle`.
 */
export type ReadRoute = Readonly<{
  method: 'GET' | 'POST';
  /** Such as `/api/v1/query`; the last segment may be a parameter, such as `:key`. */
  path: string;
  permission: Permission;
  /** An exception counts as `receiver.failed`. */
  handle(request: ReadRequest, receiver: Receiver<ReadAnswer>): void;
}>;

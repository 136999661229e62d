import { type Permission } from '../http/admission.js';
import { type ReadAnswer } from './read-answer.js';
import { type Receiver } from './receiver.js';

/** What is asked by a read. */
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
 * A read that is answered from memory: without Express, which costs several times the work of the answer itself, where it is
 * asked plainly, and by Express where it is not. Both use `handle`.
 */
export type ReadRoute = Readonly<{
  method: 'GET' | 'POST';
  /** Such as `/api/v1/query`; the last segment may be a parameter, such as `:key`. */
  path: string;
  permission: Permission;
  /** What it throws counts as what `receiver` is given as failed. */
  handle(request: ReadRequest, receiver: Receiver<ReadAnswer>): void;
}>;

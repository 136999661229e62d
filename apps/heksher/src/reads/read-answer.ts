import { type Revision } from '@heksher/ruleset';
import { type Body } from '../body.js';

/** The answer to a read, ready to be sent. */
export type ReadAnswer = Readonly<{
  /** JSON; undefined: the client has it, as its `If-None-Match` says. */
  body: Body | undefined;
  etag?: string;
  /** How old the answer may be: undefined, it is current; else it held so many seconds ago. */
  staleSeconds: number | undefined;
  /** What the answer is made from, where it is not one of those that are asked for again and again. */
  revision?: Revision;
  /** The same of those that are: it is told to clients that say who they are. */
  clientRevision?: Revision | undefined;
  /** The headers that describe the body, names and values alternating, where they are ready too. */
  headers?: readonly string[];
}>;

export function headersOfBody(body: Body): readonly string[] {
  return ['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(body.length)];
}

import { type Action } from './access/grants.js';
import { type Principal } from './access/principal.js';
import { loggedSpan, type Span } from './tracing/span.js';
import { type WriteOperation } from './metrics/write-counts.js';
import { type NamedRevision } from './named-revision.js';

/**
 * Who a write is for: the id of the request, as a field of the log lines about it, and where they are known the person or
 * program that asked, and why. Services know no more of a request than this.
 */
export type Caller = Readonly<{
  request_id: string;
  actor?: string;
  /** The span of the request; undefined: it is not sampled. */
  span?: Span | undefined;
  /** The W3C trace context that the request came with, of a write. */
  traceparent?: string;
  /** What came with that. */
  tracestate?: string;
  /** The address of the client that asked, as far as it is known: see `Gateways.clientOf`. */
  client?: () => string;
  /** Who asks, and what the request requires to be granted; undefined: nobody is authenticated, and everything is allowed. */
  principal?: Principal;
  action?: Action;
  message?: string;
  /** What the write is of. */
  operation?: WriteOperation;
  /** On what condition the write is carried out; it is asked within the transaction. */
  precondition?: Precondition;
  /** The write is carried out only where what it is about was not changed after this revision. */
  ifRevision?: NamedRevision;
  /** Nothing is written; what it would change is the answer. */
  isDryRun?: boolean;
  /** Receives the revision of the state that the write left, once that is committed. */
  onRevision?: (revision: string) => void;
}>;

/**
 * The name of the header that forbids the write, if one does.
 * @param tags of what is written to; none: it does not exist
 */
export type Precondition = (tags: readonly string[]) => string | undefined;

/** What lines of the log say of a caller; `actor_kind` is whether a user asks, a machine for itself, or anyone. */
export function loggedCaller({ request_id, actor, client, principal, span }: Caller): Readonly<Record<string, string>> {
  return {
    ...(client !== undefined && { client: client() }),
    ...(principal !== undefined && { actor_kind: principal.kind }),
    request_id,
    ...loggedSpan(span),
    ...(actor !== undefined && { actor }),
  };
}

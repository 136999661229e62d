import { type Span } from './tracing/span.js';

/**
 * Receives one value or one error, asynchronously; must not throw. Not a promise: the many readers of one check would
 * create many promises, which are costly with async hooks enabled (Node before 24).
 */
export interface Callback<T> {
  /** The span of the request that waits; absent: it is not sampled. */
  readonly span?: Span | undefined;
  ready(value: T): void;
  failed(error: unknown): void;
}

/**
 * Receives one value or one error, asynchronously; must not throw. Not a promise: the many readers of one check would
 * create many promises, which are costly with async hooks enabled (Node before 24).
 */
export interface Callback<T> {
  ready(value: T): void;
  failed(error: unknown): void;
}

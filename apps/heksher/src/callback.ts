/**
 * Receives one value or one error, asynchronously; must not throw. Not a promise: the many readers of one check would
 * make many promises, which are costly where async hooks are on (Node before 24).
 */
export interface Callback<T> {
  ready(value: T): void;
  failed(error: unknown): void;
}

import { runFairly } from './fair-turns.js';

/** Receives one value or one error, asynchronously; must not throw. */
export interface Receiver<T> {
  /** Nobody wants the value any more, so that it need not be made. */
  readonly isGone: boolean;
  ready(value: T): void;
  failed(error: unknown): void;
}

/** Receives what a value is made of: makes it, unless nobody wants it any more, and passes on what that throws. */
export function making<T, U>(receiver: Receiver<U>, make: (from: T) => U): Pick<Receiver<T>, 'ready' | 'failed'> {
  const ready = (from: T): void => {
    if (receiver.isGone) return;
    let made: U;
    try {
      made = make(from);
    } catch (error) {
      receiver.failed(error);
      return;
    }
    receiver.ready(made);
  };
  return {
    ready: (from) => runFairly(() => ready(from)),
    failed: (error) => receiver.failed(error),
  };
}

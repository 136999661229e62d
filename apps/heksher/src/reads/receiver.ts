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
  return {
    ready(from) {
      runFairly(() => {
        if (!receiver.isGone) pass(receiver, make, from);
      });
    },
    failed: (error) => receiver.failed(error),
  };
}

function pass<T, U>(receiver: Receiver<U>, make: (from: T) => U, from: T): void {
  let made: U;
  try {
    made = make(from);
  } catch (error) {
    receiver.failed(error);
    return;
  }
  receiver.ready(made);
}

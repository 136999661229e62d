import { type Callback } from '../callback.js';

/** Receives an answer, unless its client has left. */
export interface Receiver<T> extends Callback<T> {
  /** Nobody wants the value any more, so that it need not be made. */
  readonly isGone: boolean;
}

import { type Callback } from '../callback.js';

/** Receives an answer, unless its client has disconnected. */
export interface Receiver<T> extends Callback<T> {
  /** The client has disconnected: work on the value can be dropped. */
  readonly isGone: boolean;
}

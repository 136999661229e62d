import { atOnce, type InSteps } from '@heksher/core';
import { inSlices } from '../in-slices.js';
import { type Receiver } from './receiver.js';

/** So many bytes are read in less than a millisecond. */
const SMALL_BYTES = 16_384;

/**
 * Passes on what a body says, read by `steps`: of a small one at once, so that what they throw is thrown; of a large one in
 * slices, so that others get their turn, where the receiver is given what they throw. `use` must not throw then.
 */
export function readBody<T>(
  body: Uint8Array,
  steps: InSteps<T>,
  receiver: Receiver<never>,
  use: (content: T) => void,
): void {
  if (body.length <= SMALL_BYTES) return use(atOnce(steps));
  inSlices(steps, {
    ready: use,
    failed: (error) => receiver.failed(error),
    get isGone() {
      return receiver.isGone;
    },
  });
}

import { type InSteps } from '@heksher/core';
import { type Callback } from './callback.js';

/** Time budget of a slice: how long work may hold the event loop, in milliseconds. */
const SLICE_MS = 10;

/** Pause after a slice, for other events, in milliseconds. */
const REST_MS = 1;

/** If `isGone`, the client has disconnected and the work is dropped. */
type Requester<T> = Callback<T> & Readonly<{ isGone?: boolean }>;

/**
 * Does the work in slices. It begins at once where the slice under way has time left; all else goes round in one queue, one
 * slice at a time, however much there is: many who wait for one check are answered one after another,
 * and probes, writes and new connections come in between.
 */
export function inSlices<T>(steps: InSteps<T>, requester: Requester<T>): void {
  const task = (): boolean => doStep(steps, requester);
  if (waiting.length === 0 && performance.now() - sliceBegan < SLICE_MS && task()) return;
  waiting.push(task);
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(runSlice);
}

/** The same as a promise. */
export function sliced<T>(steps: InSteps<T>): Promise<T> {
  return new Promise((ready, failed) => inSlices(steps, { ready, failed }));
}

/** How long work that others queue for may hold the event loop at its beginning, in milliseconds. */
const AT_ONCE_MS = 1;

/** Does work that others queue for: it begins at once, and goes on in slices where it is long. */
export function soon<T>(steps: InSteps<T>): Promise<T> {
  return new Promise((ready) => {
    const until = performance.now() + AT_ONCE_MS;
    let step = steps.next();
    while (step.done !== true && performance.now() < until) step = steps.next();
    ready(step.done === true ? step.value : sliced(steps));
  });
}

/** Does one step of the work; true: it was the last. */
type Task = () => boolean;

let waiting: Task[] = [];
let isScheduled = false;
let sliceBegan = -Infinity;

/** Does one step of each task in turn until the slice is used up (round robin). */
function runSlice(): void {
  sliceBegan = performance.now();
  let done = 0;
  do {
    const task = waiting[done];
    if (task === undefined) break;
    done += 1;
    if (!task()) waiting.push(task);
  } while (performance.now() - sliceBegan < SLICE_MS);
  waiting = waiting.slice(done);
  isScheduled = waiting.length > 0;
  if (!isScheduled) return;
  // A read takes several iterations of the event loop: it should not wait a slice for each.
  if (performance.now() - sliceBegan < SLICE_MS) setImmediate(runSlice);
  else setTimeout(runSlice, REST_MS);
}

function doStep<T>(steps: InSteps<T>, requester: Requester<T>): boolean {
  if (requester.isGone === true) return true;
  let result: IteratorResult<undefined, T>;
  try {
    result = steps.next();
  } catch (error) {
    requester.failed(error);
    return true;
  }
  if (result.done !== true) return false;
  requester.ready(result.value);
  return true;
}

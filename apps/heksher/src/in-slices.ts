import { type InSteps } from '@heksher/core';
import { type Callback } from './callback.js';

/** How long work may hold the event loop before whatever else has come gets its turn, in milliseconds. */
const SLICE_MS = 10;

/** Nobody wants the result any more where `isGone`, so that the work is given up. */
type Requester<T> = Callback<T> & Readonly<{ isGone?: boolean }>;

/**
 * Does the work in slices. What takes one step only is done at once; all else goes round in one queue, one slice in each turn of
 * the event loop, however much of it there is.
 */
export function inSlices<T>(steps: InSteps<T>, requester: Requester<T>): void {
  const step = (): boolean => doStep(steps, requester);
  if (step()) return;
  if (waiting.push(step) === 1) setImmediate(runSlice);
}

/** The same as a promise. */
export function sliced<T>(steps: InSteps<T>): Promise<T> {
  return new Promise((ready, failed) => inSlices(steps, { ready, failed }));
}

/** Does one step; true: it was the last. */
type Step = () => boolean;

const waiting: Step[] = [];

/** The step stays first while it runs, so that what is added meanwhile starts no second round. */
function runSlice(): void {
  const [step] = waiting;
  if (step === undefined) return;
  const endsAt = performance.now() + SLICE_MS;
  let isDone = step();
  while (!isDone && performance.now() < endsAt) isDone = step();
  waiting.shift();
  if (!isDone) waiting.push(step);
  if (waiting.length > 0) setImmediate(runSlice);
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

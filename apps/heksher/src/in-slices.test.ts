import { type InSteps } from '@heksher/core';
import { inSlices, sliced } from './in-slices.js';

/** Holds the thread for a millisecond in each step. */
function* busy(steps: number): InSteps<number> {
  for (let step = 0; step < steps; step += 1) {
    const until = performance.now() + 1;
    while (performance.now() < until);
    yield;
  }
  return steps;
}

it('gives the result, or what is thrown in any step', async () => {
  expect(await sliced(busy(3))).toBe(3);
  const failing = function* (): InSteps<void> {
    yield;
    throw new Error('in the second step');
  };
  await expect(sliced(failing())).rejects.toThrow('in the second step');
});

it('leaves the event loop to others between slices, however much work there is', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  const [first] = await Promise.all(Array.from({ length: 10 }, () => sliced(busy(40))));
  clearInterval(timer);
  expect(first).toBe(40);
  // 400 ms of work, of which a slice holds some 10.
  expect(turns).toBeGreaterThan(10);
});

it('lets short work pass long work that came before', async () => {
  const order: string[] = [];
  const long = sliced(busy(100)).then(() => order.push('long'));
  const short = sliced(busy(1)).then(() => order.push('short'));
  await Promise.all([long, short]);
  expect(order).toEqual(['short', 'long']);
});

it('gives up what nobody wants any more', async () => {
  let steps = 0;
  const counted = function* (): InSteps<void> {
    for (;;) {
      steps += 1;
      yield* busy(5);
    }
  };
  const requester = { isGone: false, ready: () => undefined, failed: () => undefined };
  inSlices(counted(), requester);
  await sliced(busy(20));
  requester.isGone = true;
  await sliced(busy(20));
  const before = steps;
  await sliced(busy(20));
  expect([steps > 0, steps]).toEqual([true, before]);
});

import { type InSteps } from '@heksher/core';

/** Does `work` for each item, with a step after every `perStep` of them. */
export function* forEachInSteps<Item>(items: Iterable<Item>, work: (item: Item) => void, perStep = 256): InSteps<void> {
  let untilStep = perStep;
  for (const item of items) {
    work(item);
    if ((untilStep -= 1) > 0) continue;
    untilStep = perStep;
    yield;
  }
}

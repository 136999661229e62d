/** Work that yields between steps, for callers that must not block the event loop (docs/decisions/work-in-slices.md). */
export type InSteps<Result> = Generator<undefined, Result, undefined>;

/** Runs all steps synchronously. */
export function atOnce<Result>(steps: InSteps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Batch size: that many items, of some microseconds each, make a step of about a millisecond at most. */
const ITEMS_PER_STEP = 256;

/** The items in batches: yield after each. */
export function* partsOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  if (items.length <= ITEMS_PER_STEP) yield items;
  else for (let at = 0; at < items.length; at += ITEMS_PER_STEP) yield items.slice(at, at + ITEMS_PER_STEP);
}

/** Does `work` for each item, with a step after every `perStep` of them. */
export function* forEachInSteps<Item>(
  items: Iterable<Item>,
  work: (item: Item) => void,
  perStep = ITEMS_PER_STEP,
): InSteps<void> {
  let untilStep = perStep;
  for (const item of items) {
    work(item);
    if ((untilStep -= 1) > 0) continue;
    untilStep = perStep;
    yield;
  }
}

/** Array.flatMap in steps. */
export function* flatMapSteps<Item, Result>(
  items: readonly Item[],
  toResults: (item: Item) => readonly Result[],
): InSteps<Result[]> {
  const results: Result[] = [];
  for (const part of partsOf(items)) {
    for (const item of part) for (const result of toResults(item)) results.push(result);
    yield;
  }
  return results;
}

/** Groups items by key, in insertion order. */
export function* groupBySteps<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): InSteps<Map<string, Item[]>> {
  const groups = new Map<string, Item[]>();
  for (const part of partsOf(items)) {
    for (const item of part) {
      const key = keyOf(item);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
    yield;
  }
  return groups;
}

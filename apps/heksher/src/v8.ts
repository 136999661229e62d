import { executionAsyncResource } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects all garbage at once. V8 leaves what a large load has dropped where it is for as long as nothing else fills the
 * heap, and each of the frequent small collections goes through all pages of the heap to find what they point to.
 */
export function collectGarbage(): void {
  collector ??= exposedCollector();
  collector();
}

let collector: (() => void) | undefined;

/** Contexts made from now on have a global `gc`; that of the program has none, and goes on without. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}

/**
 * Keeps one of the objects that Node makes for each `process.nextTick`. Where a program is idle there are none, so that V8
 * forgets their shape in its third full collection; and as Node 20 names their properties by computed keys, the compiled
 * code that makes them never finds back to the quick way, which costs each request about a fifth more.
 */
export function keepTickShape(): void {
  process.nextTick(() => kept.add(executionAsyncResource()));
}

const kept = new Set<object>();

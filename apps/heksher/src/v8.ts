import { executionAsyncResource } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Runs a full garbage collection. V8 would keep the garbage of a large load until the heap fills up, and each minor
 * collection would scan its pages. Takes some 50 ms (docs/decisions/v8.md).
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

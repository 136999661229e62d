import { forEachInSteps, type InSteps } from '@heksher/core';

/** The order of code points, which is that of UTF-8 bytes; that of UTF-16 differs beyond the basic plane. */
export function compareByCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left === right) continue;
    return isSurrogate(left) === isSurrogate(right) ? left - right : isSurrogate(left) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(code: number): boolean {
  return (code & 0xf800) === 0xd800;
}

/** Kept beyond what is wanted before they are sorted. */
const ROOM = 4_096;

/** The first `most` units of those that follow `after` and begin with `prefix`, in order, and how many begin so at all. */
export function* firstUnits(
  units: Iterable<string>,
  { prefix, after, most }: Readonly<{ prefix: string; after: string; most: number }>,
): InSteps<Readonly<{ units: readonly string[]; count: number }>> {
  let best: string[] = [];
  let bound: string | undefined;
  let count = 0;
  yield* forEachInSteps(units, (unit) => {
    if (!unit.startsWith(prefix)) return;
    count += 1;
    if (compareByCodePoint(unit, after) <= 0) return;
    if (bound !== undefined && compareByCodePoint(unit, bound) >= 0) return;
    if (best.push(unit) < most + ROOM) return;
    best = best.sort(compareByCodePoint).slice(0, most);
    bound = best.at(-1);
  });
  return { units: best.sort(compareByCodePoint).slice(0, most), count };
}

const RUN = 1_024;

/** All units that begin with `prefix`, in order. */
export function* sortedUnits(units: Iterable<string>, prefix: string): InSteps<readonly string[]> {
  let runs: string[][] = [[]];
  yield* forEachInSteps(units, (unit) => {
    if (!unit.startsWith(prefix)) return;
    const run = runs.at(-1);
    if (run === undefined || run.push(unit) < RUN) return;
    run.sort(compareByCodePoint);
    runs.push([]);
  });
  runs.at(-1)?.sort(compareByCodePoint);
  while (runs.length > 1) {
    const merged: string[][] = [];
    for (let at = 0; at < runs.length; at += 2) merged.push(yield* merge(runs[at] ?? [], runs[at + 1] ?? []));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge(left: readonly string[], right: readonly string[]): InSteps<string[]> {
  const merged: string[] = [];
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const [a, b] = [left[l], right[r]];
    if (b === undefined || (a !== undefined && compareByCodePoint(a, b) <= 0)) {
      merged.push(a ?? '');
      l += 1;
    } else {
      merged.push(b);
      r += 1;
    }
    if (merged.length % RUN === 0) yield;
  }
  return merged;
}

import { measurePattern } from './measure-pattern.js';

/** What the engine says of a text it does not take: which kind of fault, and the piece that is wrong. */
export type Fault = Readonly<{ what: string; fragment: string }>;

/** Indices into the text. */
export type Place = Readonly<{ start: number; end: number }>;

/** Appended to a text it makes a faulty one, so that no time goes into compiling what is right up to there. */
const FAULTY_END = ')(?\u{10ffff}';

/**
 * Where the fault is, which the engine does not say: the piece that is wrong may stand in several places. The engine reads
 * from left to right, so the fault ends where the shortest beginning ends that has this same fault.
 */
export function placeFault(
  source: string,
  fault: Fault,
  faultOf: (text: string) => Fault | undefined,
): Place | undefined {
  const { unclosed, unopened } = measurePattern(source);
  if (fault.what === 'missing closing )') return placeOf(unclosed, 1);
  if (fault.what === 'unexpected )') return placeOf(unopened, 1);
  if (fault.what === 'trailing backslash at end of expression') return placeOf(source.length - 1, 1);
  if (fault.fragment === '') return undefined;
  const has = (text: string): boolean => {
    const found = faultOf(text + FAULTY_END);
    return found?.what === fault.what && found.fragment === fault.fragment;
  };
  // Where what follows changes the fault, it is about the end: something that was begun and not finished.
  const end = has(source) ? shortestWith(source, has) : source.length;
  // A name that is given twice comes without the bracket after it.
  const after = source.startsWith('>', end - 1) && !fault.fragment.endsWith('>') ? 1 : 0;
  // A range such as `a-)` may have been ended one too early, by what is appended.
  const start = source.indexOf(fault.fragment, end - after - fault.fragment.length);
  return start === -1 ? undefined : placeOf(start, fault.fragment.length);
}

function placeOf(start: number | undefined, length: number): Place | undefined {
  return start === undefined ? undefined : { start, end: start + length };
}

/** A beginning that breaks off in the middle may have the fault by chance, but then the next longer one has not. */
function shortestWith(source: string, has: (text: string) => boolean): number {
  let low = 0;
  let high = source.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (has(source.slice(0, middle)) && has(source.slice(0, middle + 1))) high = middle;
    else low = middle + 1;
  }
  return low;
}

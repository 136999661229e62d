import { type Problem } from './problem.js';

/** Of contexts that are not tracked so many are told: there may be as many as users. */
const MAX_TOLD = 1000;

/** Passes problems on, each once. */
export class ProblemLog {
  private readonly told = new Set<string>();

  constructor(private readonly tell: (problem: Problem) => void = warn) {}

  report(problem: Problem): void {
    const key = `${problem.kind} ${problem.message}`;
    if (this.told.has(key) || this.told.size >= MAX_TOLD) return;
    this.told.add(key);
    callSafely(() => this.tell(problem));
  }
}

function warn({ message }: Problem): void {
  console.warn(`heksher: ${message}`);
}

/** Runs a function of the program's that must not disturb its caller. */
export function callSafely(work: () => void): void {
  try {
    work();
  } catch (error) {
    console.error('heksher: a function that was to be told of something threw', error);
  }
}

import { type Fixtures } from './fixtures.js';
import { type Finding } from './finding.js';
import { type LoadGenerator } from './load/load.js';
import { type Scope } from './scope.js';

/** How long and how often things are measured. Times in milliseconds. */
export type Effort = Readonly<{
  pairs: number;
  runMs: number;
  warmUpMs: number;
  /** How often something that takes seconds, such as a start, is done. */
  repeats: number;
  /** How long a service is left alone before its idle memory is read. */
  idleMs: number;
  longRunMs: number;
}>;

/** What a measurement works with. What it begins, it ties to `scope`, which closes after it. */
export type Bench = Readonly<{ scope: Scope; effort: Effort; fixtures: Fixtures; load: LoadGenerator }>;

export type Measurement = Readonly<{
  name: string;
  /** How often it is made, with processes started anew: what one has compiled, and how, can make it a fifth faster than the next. */
  processes?: number;
  measure(bench: Bench): Promise<readonly Finding[]>;
}>;

export const FULL: Effort = {
  pairs: 15,
  runMs: 1_000,
  warmUpMs: 2_000,
  repeats: 5,
  idleMs: 5_000,
  longRunMs: 60_000,
};

/** Shows that all of it runs; its figures mean nothing. */
export const QUICK: Effort = { pairs: 1, runMs: 500, warmUpMs: 300, repeats: 1, idleMs: 500, longRunMs: 6_000 };

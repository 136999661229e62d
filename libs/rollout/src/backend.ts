import { type Change, type Decision, type Definition, type Functionality } from './functionality.js';

/** Given at once, or later. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Where functionalities are kept and decided on. Names, units and percentages that reach it have been checked. What
 * changes a functionality that is not there throws 'not_found'; what cannot reach its store throws 'unavailable'.
 */
export interface Backend {
  /** The names of all functionalities, sorted. */
  list(): Awaitable<readonly string[]>;
  find(name: string): Awaitable<Functionality | undefined>;
  /** Adds the functionality, or changes what the definition says of it; its registered ids stay unless it is reset. */
  add(name: string, definition: Definition): Awaitable<void>;
  change(name: string, change: Change): Awaitable<void>;
  /** Registers a unit. Doing so twice is the same as once. */
  register(name: string, unit: string): Awaitable<void>;
  /** Decides for a unit, or without one by the switch alone; where there is no such functionality, it is not enabled. */
  decide(name: string, unit: string | undefined): Awaitable<Decision>;
  /** Ends what this opened itself, for good. */
  close(): Awaitable<void>;
}

import { type AdmittedBy, type Context } from '@heksher/core';
import { type Cube, hasContext } from './cube.js';
import { type Decided } from './side.js';

/** What is asked of a feature: one value; or none of these; and whether it must be known, or unknown. */
export type FeatureTest = Readonly<{ is?: string; not?: readonly string[]; known?: boolean }>;

/**
 * Contexts for which another value is decided, all alike: by the features tested, without those that have all values of one of
 * `except`, of which so many were `omitted`. A part of them only where there is a `share`.
 */
export type Cell = Readonly<{
  when: ReadonlyMap<string, FeatureTest>;
  except: readonly Cube[];
  omitted: number;
  from: Decided;
  to: Decided;
  share: CellShare | undefined;
}>;

/**
 * How many percent of the units of the rollouts change so, of those that are no members and have no pattern; `by` says
 * whether such may do too.
 */
export type CellShare = Readonly<{ percent: number; by: readonly AdmittedBy[] }>;

/** Whether a context is one of a cell, if none of its exceptions was omitted. */
export function isInCell({ when, except }: Cell, context: Context): boolean {
  for (const [feature, { is, not, known }] of when) {
    const value = context.get(feature);
    if (is !== undefined && value !== is) return false;
    if (known !== undefined && (value !== undefined) !== known) return false;
    if (value !== undefined && not?.includes(value) === true) return false;
  }
  return !except.some((cube) => hasContext(cube, context));
}

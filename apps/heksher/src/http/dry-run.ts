import { invalid } from '@heksher/core';
import { parseBoolean } from './boolean.js';

/** The parameter of writes that asks what they would change. */
export const DRY_RUN = 'dry_run';

/** Throws `invalid` where it is no boolean: a write must not be carried out by mistake. */
export function isDryRun(given: unknown): boolean {
  if (given === undefined) return false;
  const part = { parameter: DRY_RUN, code: 'malformed' } as const;
  if (typeof given !== 'string') throw invalid('dry_run must be given once', DRY_RUN, part);
  try {
    return parseBoolean(given);
  } catch (cause) {
    const { message } = cause instanceof Error ? cause : new Error('is no boolean');
    throw invalid(`dry_run ${message}`, DRY_RUN, part);
  }
}

import { HeksherError, type RawJson } from '@heksher/core';
import { type LastChange } from './last-change.store.js';

/** What is there now, as a read gives it, and since when; a log that was pruned may not know. */
export type PresentState = Readonly<{ current: RawJson; etag: string; changed: LastChange | undefined }>;

/** What a conditional write would overwrite is not what its caller has seen. */
export class PreconditionFailed extends HeksherError {
  /** @param present undefined: there is nothing */
  constructor(
    header: string,
    readonly present: PresentState | undefined,
  ) {
    const message = `${header} does not hold: ${describe(present)}`;
    super('precondition_failed', message, {
      errors: [{ field: header, parameter: header, message, code: 'precondition_failed' }],
    });
  }
}

function describe(present: PresentState | undefined): string {
  if (present === undefined) return 'what is written to has no entity tag, or does not exist';
  const { etag, changed } = present;
  const tag = `the entity tag is now ${etag}`;
  return changed === undefined ? tag : `${tag}, since ${changed.at}, by ${changed.actor} (revision ${changed.seq})`;
}

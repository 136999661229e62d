import { conflict, HeksherError } from '@heksher/core';
import { type State } from './changesets.store.js';

/** Somebody else decided on it, or it is not in a state for that. */
export class StateChanged extends HeksherError {
  constructor(id: number, state: State | undefined, to: string, why = `it is ${state ?? 'gone'}`) {
    const message = `the change set ${id} cannot be ${to}: ${why}`;
    super('conflict', message, {
      errors: [{ field: 'body', message, code: 'wrong_state', details: { state: state ?? 'gone' } }],
    });
  }
}

/** @param pointer at what of the body is to blame */
export function notApproved(message: string, pointer = ''): HeksherError {
  return conflict(message, { field: 'body', pointer, code: 'not_approved' });
}

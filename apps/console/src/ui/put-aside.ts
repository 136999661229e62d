import { type Writable } from '@heksher/core';
import { addToChangeSet } from '../api/change-set-draft.js';
import { toast } from './toast.js';

/** Puts operations into the change set that is being made, and says so. */
export function putAside(...operations: readonly Writable[]): void {
  operations.forEach(addToChangeSet);
  toast({ title: 'Added to the change set' });
}

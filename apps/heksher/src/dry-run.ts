import { type Draft } from '@heksher/ruleset';

/** Thrown in place of carrying out a write that was only to be tried out: what it would have changed. */
export class DryRun extends Error {
  constructor(readonly draft: Draft) {
    super('a dry run is no write');
  }
}

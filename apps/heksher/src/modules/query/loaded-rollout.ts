import { type JsonText, type Rollout } from '@heksher/core';

/**
 * A rollout as it is held in memory: made ready to decide, with the texts to be spliced into answers. `problem` says
 * what of it, as another writer stored it, nobody can make sense of: such a rollout matches nothing.
 */
export type LoadedRollout = Rollout &
  Readonly<{
    /** `"percentage":20.5` or `"ramp":{…}`, as stored. */
    shareText: string;
    /** `"value":…` or `"variants":[…]`, as stored. */
    outcomeText: string;
    metadata: JsonText;
    problem: string | undefined;
  }>;

import { type Conflict } from './declaring/outcome.js';

/** Something that a person should know of; each is reported once for as long as the client runs. */
export type Problem = Readonly<{ message: string }> &
  (
    | Readonly<{ kind: 'conflict'; setting: string; conflict: Conflict }>
    | Readonly<{ kind: 'outdated'; setting: string; latestVersion: string }>
    /** The service does not have the setting (any more): its declared default holds. */
    | Readonly<{ kind: 'unknown-setting'; setting: string }>
    /** A value of a newer type was made to fit; `part` is such as `rule 7`. */
    | Readonly<{ kind: 'coerced'; setting: string; part: string }>
    /** A value of a newer type does not fit: the rule or rollout is as if it were not there. */
    | Readonly<{ kind: 'dropped'; setting: string; part: string }>
    /** A setting was read with a value that `trackContexts` leaves out, whose rules are not known here. */
    | Readonly<{ kind: 'untracked'; feature: string; value?: string }>
    /** The service is away, and what was to bridge that cannot be read: the declared defaults hold. */
    | Readonly<{ kind: 'bootstrap'; cause: unknown }>
    /** A rollout's members could not be asked for. */
    | Readonly<{ kind: 'members'; setting: string; cause: unknown }>
  );

import { quoted } from '@heksher/core';
import { type Conflict } from './declaring/outcome.js';

/** Something that a person should know of; each is reported once for as long as the client runs. */
export type Problem = Readonly<{ message: string }> &
  (
    | Readonly<{ kind: 'conflict'; setting: string; conflict: Conflict }>
    | Readonly<{ kind: 'outdated'; setting: string; latestVersion: string }>
    /** The service does not have the setting (any more): its declared default holds. */
    | Readonly<{ kind: 'unknown-setting'; setting: string }>
    /** A setting is read that no client was given: its declared default holds. */
    | Readonly<{ kind: 'unserved'; setting: string }>
    /** A value of a newer type was made to fit; `part` is such as `rule 7`. */
    | Readonly<{ kind: 'coerced'; setting: string; part: string }>
    /** A value of a newer type does not fit: the rule or rollout is as if it were not there. */
    | Readonly<{ kind: 'dropped'; setting: string; part: string }>
    /** An integer beyond ±(2^53−1), of which JavaScript has only the nearest number, in a value or in a context. */
    | Readonly<{ kind: 'rounded'; setting?: string; part: string }>
    /** A setting was read with a value that `trackContexts` leaves out, whose rules are not known here. */
    | Readonly<{ kind: 'untracked'; feature: string; value?: string }>
    /** The service did not answer, and the client goes on with what it has; reported once for each outage. */
    | Readonly<{ kind: 'unavailable'; cause: unknown }>
    /** The service refuses the credentials: 401, they do not hold; 403, they lack `scope`. Reported as 'unavailable' is. */
    | Readonly<{ kind: 'credentials'; status: number; scope?: string; cause: unknown }>
    /** The service is away, and what was to bridge that cannot be read: the declared defaults hold. */
    | Readonly<{ kind: 'bootstrap'; cause: unknown }>
    /** There is no stream of changes, which was asked for: values are as old as the interval of updates lets them be. */
    | Readonly<{ kind: 'stream'; reason: string }>
    /** A rollout's members could not be asked for. */
    | Readonly<{ kind: 'members'; setting: string; cause: unknown }>
  );

/** Maximum number of reports of each kind: untracked contexts may be as many as users. */
const MAX_OF_A_KIND = 1000;

/** Passes problems on, each once. */
export class ProblemLog {
  private readonly reported = new Map<Problem['kind'], Set<string>>();

  constructor(private readonly listener: (problem: Problem) => void = warn) {}

  /** Does nothing where a problem of this kind and key was reported before. */
  report(problem: Problem, key = problem.message): void {
    const { kind } = problem;
    const keys = this.reported.get(kind) ?? new Set();
    this.reported.set(kind, keys);
    if (keys.has(key) || keys.size >= MAX_OF_A_KIND) return;
    keys.add(key);
    const last = keys.size === MAX_OF_A_KIND ? ` (no more problems of the kind "${kind}" are reported)` : '';
    callSafely(() => this.listener({ ...problem, message: problem.message + last }));
  }

  /** Lets problems of this kind be reported again. */
  forget(kind: Problem['kind']): void {
    this.reported.delete(kind);
  }
}

/** Logs of the clients that run. */
export const openLogs = new Set<ProblemLog>();
/** For what happens while no client runs. */
const fallback = new ProblemLog();

/** Reports what no single client is responsible for: to all that run, else to the console. */
export function reportToAll(problem: Problem): void {
  for (const log of openLogs.size > 0 ? openLogs : [fallback]) log.report(problem);
}

export function reportUnserved(setting: string): void {
  const message =
    `the setting ${quoted(setting)} is read, and no client was given it: its declared default holds; ` +
    `give it to the "settings" of HeksherClient.start, or to add()`;
  reportToAll({ kind: 'unserved', message, setting });
}

function warn({ message }: Problem): void {
  console.warn(`heksher: ${message}`);
}

/** Runs a function of the program's that must not disturb its caller. */
export function callSafely(work: () => void): void {
  try {
    work();
  } catch (error) {
    console.error('heksher: a listener threw', error);
  }
}

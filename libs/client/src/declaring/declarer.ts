import { inParallel } from '../concurrency.js';
import { type ProblemLog } from '../problems.js';
import { type Send } from '../service/service.js';
import { type Entry } from '../updates/setting-registry.js';
import { declare } from './declare.js';
import { declareTogether } from './declare-together.js';
import {
  type Conflict,
  type DeclarationOutcome,
  conflictOf,
  type ConflictPolicy,
  describeConflict,
} from './outcome.js';

/** Declares what has not been declared yet, and decides what becomes of what is refused. */
export class Declarer {
  constructor(
    private readonly send: Send,
    private readonly problems: ProblemLog,
    private readonly policy: ConflictPolicy | ((conflict: Conflict) => ConflictPolicy) = 'fail',
  ) {}

  /** The conflicts for which the program wants no start. Rejects with 'unavailable' where the service does not answer. */
  async declareAll(entries: Iterable<Entry>): Promise<readonly Conflict[]> {
    const undeclared = [...entries].filter(({ outcome }) => outcome === undefined);
    const declarations = undeclared.map(({ setting }) => setting.declaration);
    const known = declarations.length < 2 ? undefined : await declareTogether(this.send, declarations);
    const conflicts = await inParallel(undeclared, (entry) => {
      return this.declareOne(entry, known?.get(entry.setting.declaration.name));
    });
    return conflicts.filter((conflict) => conflict !== undefined);
  }

  private async declareOne(entry: Entry, known: DeclarationOutcome | undefined): Promise<Conflict | undefined> {
    const { declaration } = entry.setting;
    const outcome = known ?? (await declare(this.send, declaration));
    entry.outcome = outcome;
    if (outcome.outcome === 'outdated') this.reportOutdated(declaration.name, outcome.latestVersion);
    const conflict = conflictOf(declaration, outcome);
    if (conflict === undefined) return undefined;
    const policy = typeof this.policy === 'function' ? this.policy(conflict) : this.policy;
    entry.isLeftAlone = policy !== 'serve';
    const then = policy === 'serve' ? 'values that fit its type are served' : 'its declared default holds';
    const message = `${describeConflict(conflict)}; ${then}`;
    this.problems.report({ kind: 'conflict', message, setting: declaration.name, conflict });
    return policy === 'fail' ? conflict : undefined;
  }

  private reportOutdated(setting: string, latestVersion: string): void {
    const message = `the setting "${setting}" is declared at an older version than the service has (${latestVersion})`;
    this.problems.report({ kind: 'outdated', message, setting, latestVersion });
  }
}

import { conflict, formatVersion, type HeksherError } from '@heksher/core';
import { type SettingDeclaration } from '../declaration.js';
import { type JsonValue } from '../json.js';

/** One way in which a declaration differs from what the service has. */
export type DeclaredDifference = Readonly<{
  level: 'minor' | 'major' | 'mismatch';
  attribute?: string;
  latestValue?: JsonValue;
  message?: string;
}>;

/** What the service made of a declaration. */
export type DeclarationOutcome =
  | Readonly<{ outcome: 'created' | 'uptodate' }>
  | Readonly<{ outcome: 'upgraded'; previousVersion: string; differences: readonly DeclaredDifference[] }>
  | Readonly<{ outcome: 'outdated'; latestVersion: string; differences: readonly DeclaredDifference[] }>
  | RefusedOutcome;

/** `mismatch`: not what the service has at this version; `rejected`: no allowed upgrade; `refused`: not a declaration at all. */
export type RefusedOutcome =
  | Readonly<{ outcome: 'mismatch' | 'rejected'; previousVersion?: string; differences: readonly DeclaredDifference[] }>
  | Readonly<{ outcome: 'refused'; status: number; detail: string }>;

/** A declaration that the service did not accept. */
export type Conflict = Readonly<{ setting: string; version: string }> & RefusedOutcome;

/**
 * What becomes of a setting whose declaration was refused: the client does not start, or the setting goes on with the values of the
 * service as far as they fit its type, or with its declared default alone.
 */
export type ConflictPolicy = 'fail' | 'serve' | 'default';

/** The conflict that an outcome is, if it is one. */
export function conflictOf(declaration: SettingDeclaration, outcome: DeclarationOutcome): Conflict | undefined {
  const about = { setting: declaration.name, version: formatVersion(declaration.version) };
  switch (outcome.outcome) {
    case 'created':
    case 'uptodate':
    case 'upgraded':
    case 'outdated':
      return undefined;
    default:
      return { ...about, ...outcome };
  }
}

export function describeConflict(given: Conflict): string {
  const about = `the setting "${given.setting}", version ${given.version}`;
  if (given.outcome === 'refused') return `${about}, was refused with ${given.status}: ${given.detail}`;
  const differences = given.differences.map(({ level, attribute, latestValue, message }) =>
    message === undefined ? `${level}: ${attribute} is ${JSON.stringify(latestValue)}` : `${level}: ${message}`,
  );
  const why = given.outcome === 'mismatch' ? 'differs from what the service has' : 'is no upgrade that is allowed';
  return `${about}, ${why} (${differences.join('; ')})`;
}

/** Rejects a start, or an addition. */
export function conflictError(conflicts: readonly Conflict[]): HeksherError {
  return conflict(conflicts.map(describeConflict).join('\n'));
}

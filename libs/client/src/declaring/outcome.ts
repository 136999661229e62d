import { type JsonValue } from '../types/json-value.js';

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
  | Readonly<{ outcome: 'mismatch' | 'rejected'; differences: readonly DeclaredDifference[] }>
  | Readonly<{ outcome: 'refused'; status: number; detail: string }>;

/** A declaration that the service did not accept. */
export type Conflict = Readonly<{ setting: string; version: string }> & RefusedOutcome;

/**
 * What becomes of a setting whose declaration was refused: the client does not start, or the setting goes on with the values of the
 * service as far as they fit its type, or with its declared default alone.
 */
export type ConflictPolicy = 'fail' | 'serve' | 'default';

import { isList, type JsonValue, membersOf } from '../json.js';
import { type DeclarationOutcome, type DeclaredDifference } from './outcome.js';

/** What a service says that became of a declaration; undefined: something else. */
export function readOutcome(given: ReturnType<typeof membersOf>): DeclarationOutcome | undefined {
  const { outcome, differences, previous_version: previous, latest_version: latest } = given;
  if (outcome === 'created' || outcome === 'uptodate') return { outcome };
  if (outcome === 'upgraded' && typeof previous === 'string') {
    return { outcome, previousVersion: previous, differences: readDifferences(differences) };
  }
  if (outcome === 'outdated' && typeof latest === 'string') {
    return { outcome, latestVersion: latest, differences: readDifferences(differences) };
  }
  if (outcome !== 'mismatch' && outcome !== 'rejected') return undefined;
  const previousVersion = typeof previous === 'string' ? { previousVersion: previous } : {};
  return { outcome, ...previousVersion, differences: readDifferences(differences) };
}

function readDifferences(json: JsonValue | undefined): readonly DeclaredDifference[] {
  return isList(json) ? json.flatMap(readDifference) : [];
}

function readDifference(json: JsonValue): readonly DeclaredDifference[] {
  const { level, attribute, message, latest_value: latestValue } = membersOf(json);
  if (level !== 'minor' && level !== 'major' && level !== 'mismatch') return [];
  if (typeof message === 'string') return [{ level, message }];
  return typeof attribute === 'string' ? [{ level, attribute, latestValue }] : [];
}

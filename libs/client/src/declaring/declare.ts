import { conflict, formatVersion, type HeksherError, quoted } from '@heksher/core';
import { bodyOfDeclaration, type SettingDeclaration } from '../declaration.js';
import { type Answer, type Send, unexpectedAnswer } from '../service/service.js';
import { type JsonValue } from '../types/json-value.js';
import { isList } from '../values/value-reader.js';
import { type Conflict, type DeclarationOutcome, type DeclaredDifference } from './outcome.js';

/**
 * Declares a setting. An alias of which a service knows nothing, as in an environment that began after the rename, is
 * left out. Rejects with 'unavailable' where the service does not say what it makes of the declaration.
 */
export async function declare(send: Send, declaration: SettingDeclaration): Promise<DeclarationOutcome> {
  const outcome = await declareAsItIs(send, declaration);
  if (declaration.alias === undefined || outcome.outcome !== 'refused' || outcome.status !== 404) return outcome;
  return declareAsItIs(send, { ...declaration, alias: undefined });
}

async function declareAsItIs(send: Send, declaration: SettingDeclaration): Promise<DeclarationOutcome> {
  const answer = await send('/settings/declare', { method: 'POST', body: bodyOfDeclaration(declaration) });
  const outcome = readOutcome(answer);
  if (outcome === undefined) throw unexpectedAnswer(`declaring ${quoted(declaration.name)}`, answer);
  return outcome;
}

function readOutcome(answer: Answer): DeclarationOutcome | undefined {
  const { status } = answer;
  const { outcome, differences, previous_version: previous, latest_version: latest } = membersOf(answer.text);
  if (status === 200) {
    if (outcome === 'created' || outcome === 'uptodate') return { outcome };
    if (outcome === 'upgraded' && typeof previous === 'string') {
      return { outcome, previousVersion: previous, differences: readDifferences(differences) };
    }
    if (outcome === 'outdated' && typeof latest === 'string') {
      return { outcome, latestVersion: latest, differences: readDifferences(differences) };
    }
    return undefined;
  }
  if (status === 409 && (outcome === 'mismatch' || outcome === 'rejected')) {
    return { outcome, differences: readDifferences(differences) };
  }
  if (![400, 404, 409, 413, 422].includes(status)) return undefined;
  return { outcome: 'refused', status, detail: detailOf(answer) };
}

type Members = Readonly<Record<string, JsonValue | undefined>>;

/** Nothing where the text is not an object. */
function membersOf(text: string): Members {
  try {
    const json = JSON.parse(text) as JsonValue;
    return typeof json === 'object' && json !== null && !isList(json) ? json : {};
  } catch {
    return {};
  }
}

function readDifferences(json: JsonValue | undefined): readonly DeclaredDifference[] {
  return isList(json) ? json.flatMap(readDifference) : [];
}

function readDifference(json: JsonValue): readonly DeclaredDifference[] {
  if (typeof json !== 'object' || json === null || isList(json)) return [];
  const { level, attribute, message, latest_value: latestValue } = json;
  if (level !== 'minor' && level !== 'major' && level !== 'mismatch') return [];
  if (typeof message === 'string') return [{ level, message }];
  return typeof attribute === 'string' ? [{ level, attribute, latestValue }] : [];
}

/** Also of problem+json. */
function detailOf({ text }: Answer): string {
  const { detail } = membersOf(text);
  return typeof detail === 'string' ? detail : text.slice(0, 500);
}

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

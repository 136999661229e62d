import { compareVersions, FIRST_VERSION, formatVersion, quoted } from '@heksher/core';
import { bodyOfDeclaration, type SettingDeclaration } from '../declaration.js';
import { membersOf, parseJsonOrNothing } from '../json.js';
import { askContextFeatures } from '../service/known-names.js';
import { type Answer, type Send } from '../service/service.js';
import { unexpectedAnswer } from '../service/unexpected-answer.js';
import { type DeclarationOutcome } from './outcome.js';
import { readOutcome } from './read-outcome.js';

/**
 * Declares a setting, also in an environment that is new to it: an alias of which the service knows nothing is left out, and a
 * setting that it does not have is introduced. Rejects with 'unavailable' where the service does not say what it makes of the
 * declaration.
 */
export async function declare(send: Send, declaration: SettingDeclaration): Promise<DeclarationOutcome> {
  const outcome = await declareBesideOthers(send, declaration);
  if (outcome.outcome !== 'refused') return outcome;
  if (outcome.status === 404 && declaration.alias !== undefined) {
    return declare(send, { ...declaration, alias: undefined });
  }
  // The other reason for a 404 is a context feature that the service does not have.
  if (outcome.status === 404) await askContextFeatures(send);
  const isLater = compareVersions(declaration.version, FIRST_VERSION) > 0;
  return outcome.status === 400 && isLater ? introduce(send, declaration, outcome) : outcome;
}

/**
 * A setting that is new to a service begins at version 1.0: it is declared as that, and then upgraded. Where another program
 * was faster, what it has declared is upgraded from, or found to be newer.
 */
async function introduce(
  send: Send,
  declaration: SettingDeclaration,
  refusal: DeclarationOutcome,
): Promise<DeclarationOutcome> {
  const first = await declareAsItIs(send, { ...declaration, version: FIRST_VERSION });
  if (first.outcome === 'refused') return first.status === 400 ? refusal : first;
  const outcome = await declareBesideOthers(send, declaration);
  return first.outcome === 'created' && outcome.outcome === 'upgraded' ? { outcome: 'created' } : outcome;
}

/**
 * While another program introduces the setting, it is at 1.0 for a moment, with the declaration of a later version, which may
 * differ by more than a step from 1.0 allows.
 */
async function declareBesideOthers(send: Send, declaration: SettingDeclaration): Promise<DeclarationOutcome> {
  let outcome = await declareAsItIs(send, declaration);
  for (const pauseMs of [100, 200, 400]) {
    if (outcome.outcome !== 'rejected' || outcome.previousVersion !== FIRST_VERSION_TEXT) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    outcome = await declareAsItIs(send, declaration);
  }
  return outcome;
}

const FIRST_VERSION_TEXT = formatVersion(FIRST_VERSION);

async function declareAsItIs(send: Send, declaration: SettingDeclaration): Promise<DeclarationOutcome> {
  const answer = await send('/settings/declare', { method: 'POST', body: bodyOfDeclaration(declaration) });
  const outcome = outcomeIn(answer);
  // A redirect may have made a GET of the request, and lost its body.
  const isLost = outcome?.outcome === 'refused' && answer.redirectedTo !== undefined;
  if (outcome === undefined || isLost) throw unexpectedAnswer(`declaring ${quoted(declaration.name)}`, answer);
  return outcome;
}

function outcomeIn(answer: Answer): DeclarationOutcome | undefined {
  const { status } = answer;
  const outcome = readOutcome(membersOf(parseJsonOrNothing(answer.text)));
  const isConflict = outcome?.outcome === 'mismatch' || outcome?.outcome === 'rejected';
  if (status === 200) return isConflict ? undefined : outcome;
  if (status === 409 && isConflict) return outcome;
  if (![400, 404, 409, 413, 422].includes(status)) return undefined;
  return { outcome: 'refused', status, detail: detailOf(answer) };
}

/** Also of problem+json. */
function detailOf({ text }: Answer): string {
  const { detail } = membersOf(parseJsonOrNothing(text));
  return typeof detail === 'string' ? detail : text.slice(0, 500);
}

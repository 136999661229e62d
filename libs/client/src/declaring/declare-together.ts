import { bodyOfDeclaration, type SettingDeclaration } from '../declaration.js';
import { isList, membersOf, parseJsonOrNothing } from '../json.js';
import { type Send } from '../service/service.js';
import { unexpectedAnswer } from '../service/unexpected-answer.js';
import { type DeclarationOutcome } from './outcome.js';
import { readOutcome } from './read-outcome.js';

/** So much text goes into one change set: services take a mebibyte. */
const MOST_TEXT = 500_000;
const MOST_OPERATIONS = 1_000;

/**
 * Declares many settings by change sets of declarations: what a service accepts of a set is written in one transaction, and what it
 * refuses is told beside it. What is not in the result must be declared by itself: the service is older than change sets, or something of
 * the set can be no declaration there.
 */
export async function declareTogether(
  send: Send,
  declarations: readonly SettingDeclaration[],
): Promise<ReadonlyMap<string, DeclarationOutcome>> {
  const outcomes = new Map<string, DeclarationOutcome>();
  for (const set of setsOf(declarations)) {
    const operations = set.map(({ text }) => `{"op":"declare","on_conflict":"skip",${text.slice(1)}`);
    const body = `{"operations":[${operations.join(',')}]}`;
    const answer = await send('/changesets', { method: 'POST', body });
    const { status, text, redirectedTo } = answer;
    // With these credentials nothing will be declared one by one either.
    if (status === 401) throw unexpectedAnswer('declaring settings', answer);
    if ((status !== 200 && status !== 201) || redirectedTo !== undefined) return outcomes;
    const { results } = membersOf(parseJsonOrNothing(text));
    for (const result of isList(results) ? results : []) {
      const { operation, outcome } = membersOf(result);
      const declared = typeof operation === 'number' ? set[operation] : undefined;
      const read = outcome === undefined ? undefined : readOutcome(membersOf(outcome));
      if (declared !== undefined && read !== undefined) outcomes.set(declared.name, read);
    }
  }
  return outcomes;
}

type Declared = Readonly<{ name: string; text: string }>;

function* setsOf(declarations: readonly SettingDeclaration[]): Iterable<readonly Declared[]> {
  let set: Declared[] = [];
  let length = 0;
  for (const declaration of declarations) {
    const text = bodyOfDeclaration(declaration);
    if (set.length > 0 && (length + text.length > MOST_TEXT || set.length === MOST_OPERATIONS)) {
      yield set;
      [set, length] = [[], 0];
    }
    set.push({ name: declaration.name, text });
    length += text.length;
  }
  if (set.length > 0) yield set;
}

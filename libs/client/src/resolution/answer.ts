import { itemsAt, type JsonCursor, membersAt, requireEnd, skipValue, skipValueInSteps } from './json-cursor.js';
import { type Turns } from './turns.js';

/** An answer to a query, taken apart: the text of each setting by canonical name. */
export type TakenAnswer = Readonly<{
  settings: ReadonlyMap<string, string>;
  /** In order; undefined from a service that does not tell. */
  contextFeatures: readonly string[] | undefined;
}>;

/** Throws SyntaxError or TypeError for a text that is not an answer. */
export async function takeApart(text: string, turns: Turns): Promise<TakenAnswer> {
  const cursor: JsonCursor = { text, at: 0 };
  let settings: ReadonlyMap<string, string> | undefined;
  let contextFeatures: readonly string[] | undefined;
  for (const key of membersAt(cursor)) {
    if (key === 'settings') settings = await takeSettings(cursor, turns);
    else if (key === 'context_features') contextFeatures = [...itemsAt(cursor)].map(requireText);
    else skipValue(cursor);
  }
  requireEnd(cursor);
  if (settings === undefined) throw new TypeError('there are no settings in it');
  return { settings, contextFeatures };
}

async function takeSettings(cursor: JsonCursor, turns: Turns): Promise<ReadonlyMap<string, string>> {
  const settings = new Map<string, string>();
  for (const name of membersAt(cursor)) {
    const start = cursor.at;
    await turns.finish(skipValueInSteps(cursor));
    settings.set(name, cursor.text.slice(start, cursor.at));
    if (turns.isOver()) await turns.next();
  }
  return settings;
}

export function requireText(json: unknown): string {
  if (typeof json === 'string') return json;
  throw new TypeError(`expected a text, found ${JSON.stringify(json)}`);
}

import { HeksherError } from '@heksher/core';
import { type Turns } from '../concurrency.js';
import { messageOf, unavailable } from '../errors.js';
import { requireText } from '../json.js';
import {
  itemsAt,
  type JsonCursor,
  membersAt,
  requireEnd,
  skipValue,
  skipValueInSteps,
} from '../resolution/json-cursor.js';
import { type Tracking } from '../resolution/tracking.js';
import { type Answer, type Send } from './service.js';
import { hintOf, unexpectedAnswer } from './unexpected-answer.js';

/** How long the path of a query may be: servers and proxies refuse request lines beyond 8 KiB. */
const MAX_PATH = 7_000;
const MAX_FILTER = 3_000;

/** A query, and the names of the settings that it asks for. */
export type SettingsQuery = Readonly<{ path: string; names: readonly string[] }>;

/** The queries that together ask for these settings. Equal sets of names give equal queries, so that ETags stay useful. */
export function queriesFor(names: Iterable<string>, tracking: Tracking): readonly SettingsQuery[] {
  const filter = encodeURIComponent(contextFilter(tracking));
  const pathFor = (group: readonly string[]): string =>
    `/query?settings=${group.join(',')}&context_filters=${filter}&include_rollouts=true`;
  let room = 0;
  const groups: string[][] = [];
  for (const name of [...names].sort()) {
    room -= name.length + 1;
    if (room < 0) {
      room = MAX_PATH - pathFor([name]).length;
      groups.push([]);
    }
    groups.at(-1)?.push(name);
  }
  return groups.map((group) => ({ path: pathFor(group), names: group }));
}

/** Where there are so many values that no URL holds them, all values of the feature with the most are asked for. */
function contextFilter({ features }: Tracking): string {
  if (features === undefined) return '*';
  const terms = Array.from(features, ([feature, values]) =>
    values === '*' ? `${feature}:*` : `${feature}:(${[...values].sort().join(',')})`,
  );
  while (encodeURIComponent(terms.join(',')).length > MAX_FILTER) {
    const longest = terms.reduce((a, b) => (b.length > a.length ? b : a), '');
    const wide = `${longest.slice(0, longest.indexOf(':'))}:*`;
    if (wide === longest) break;
    terms[terms.indexOf(longest)] = wide;
  }
  return terms.join(',');
}

/** What a query was answered, as of a revision; nothing is taken where nothing is new. `isStale`: the service's database is away. */
export type QueryAnswer = Readonly<{
  query: SettingsQuery;
  etag: string | null;
  revision: string | null;
  isStale: boolean;
  taken: TakenAnswer | undefined;
}>;

/** Rejects with 'not_found' where a setting is unknown, and with 'unavailable' where the answer is not one to a query. */
export async function ask(
  send: Send,
  query: SettingsQuery,
  headers: Readonly<Record<string, string>>,
  turns: Turns,
): Promise<QueryAnswer> {
  const answer = await send(query.path, { headers });
  const isStale = answer.headers.has('heksher-stale');
  const revision = answer.headers.get('heksher-revision');
  const etag = headers['if-none-match'];
  if (answer.status === 304 && etag !== undefined) return { query, etag, revision, isStale, taken: undefined };
  if (answer.status === 404) throw new HeksherError('not_found', answer.text);
  if (answer.status !== 200) throw unexpectedAnswer('asking for values', answer);
  try {
    return { query, etag: answer.headers.get('etag'), revision, isStale, taken: await takeApart(answer.text, turns) };
  } catch (error) {
    throw notAnAnswer(error, answer);
  }
}

/** Rules, types and orders that make no sense are as bad as no JSON. */
export function notAnAnswer(error: unknown, answer?: Answer): HeksherError {
  const hint = answer === undefined ? '' : hintOf(answer);
  const message = `asking for values: what the service answered is no answer to a query: ${messageOf(error)}${hint}`;
  return unavailable(message, error);
}

/** An answer to a query, taken apart: the text of each setting by canonical name. */
export type TakenAnswer = Readonly<{
  settings: ReadonlyMap<string, string>;
  /** In order; undefined from a service that does not send it. */
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

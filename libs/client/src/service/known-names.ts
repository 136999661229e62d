import { quoted } from '@heksher/core';
import { isList, type JsonValue, membersOf, parseJsonOrNothing } from '../json.js';
import { type Send } from './service.js';
import { unexpectedAnswer } from './unexpected-answer.js';

/** What the service calls the setting of this name or alias now; undefined if it does not exist. */
export async function askCanonicalName(send: Send, name: string): Promise<string | undefined> {
  const answer = await send(`/settings/${encodeURIComponent(name)}`);
  if (answer.status === 404) return undefined;
  const { name: canonical } = answer.status === 200 ? membersOf(parseJsonOrNothing(answer.text)) : {};
  if (typeof canonical === 'string') return canonical;
  throw unexpectedAnswer(`asking for the setting ${quoted(name)}`, answer);
}

/** All names and aliases that the service has settings of. */
export async function askKnownNames(send: Send): Promise<ReadonlySet<string>> {
  const settings = await askList(send, '/settings?include_additional_data=true', 'settings');
  return new Set(
    settings.flatMap((setting) => {
      const { name, aliases } = membersOf(setting);
      return [name, ...(isList(aliases) ? aliases : [])].map(String);
    }),
  );
}

/** In order, the least specific first. */
export async function askContextFeatures(send: Send): Promise<readonly string[]> {
  return (await askList(send, '/context_features', 'context_features')).map(String);
}

async function askList(send: Send, path: string, member: string): Promise<readonly JsonValue[]> {
  const answer = await send(path);
  const list = answer.status === 200 ? membersOf(parseJsonOrNothing(answer.text))[member] : undefined;
  if (isList(list)) return list;
  throw unexpectedAnswer(`asking for ${member.replace('_', ' ')}`, answer);
}

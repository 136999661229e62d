import { quoted } from '@heksher/core';
import { type Send, unexpectedAnswer } from '../service/service.js';

/** What the service calls the setting of this name or alias now; undefined where there is none. */
export async function askCanonicalName(send: Send, name: string): Promise<string | undefined> {
  const answer = await send(`/settings/${encodeURIComponent(name)}`);
  if (answer.status === 404) return undefined;
  const json = answer.status === 200 ? parse(answer.text) : undefined;
  if (typeof json === 'object' && json !== null && 'name' in json && typeof json.name === 'string') return json.name;
  throw unexpectedAnswer(`asking for the setting ${quoted(name)}`, answer);
}

/** All names and aliases that the service has settings of. */
export async function askKnownNames(send: Send): Promise<ReadonlySet<string>> {
  const answer = await send('/settings?include_additional_data=true');
  const json = answer.status === 200 ? parse(answer.text) : undefined;
  if (typeof json !== 'object' || json === null || !('settings' in json) || !Array.isArray(json.settings)) {
    throw unexpectedAnswer('asking for the names of settings', answer);
  }
  const settings: readonly unknown[] = json.settings;
  return new Set(settings.flatMap(namesOf));
}

/** In order, the least specific first; for services that do not tell with the settings. */
export async function askContextFeatures(send: Send): Promise<readonly string[]> {
  const answer = await send('/context_features');
  const json = answer.status === 200 ? parse(answer.text) : undefined;
  if (typeof json === 'object' && json !== null && 'context_features' in json && Array.isArray(json.context_features)) {
    return json.context_features.map(String);
  }
  throw unexpectedAnswer('asking for the context features', answer);
}

function namesOf(setting: unknown): readonly string[] {
  if (typeof setting !== 'object' || setting === null || !('name' in setting)) return [];
  const aliases: readonly unknown[] = 'aliases' in setting && Array.isArray(setting.aliases) ? setting.aliases : [];
  return [setting.name, ...aliases].map(String);
}

/** Undefined where the text is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

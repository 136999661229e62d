import { createContext, useContext } from 'react';
import { shownAsOf } from './as-of.js';
import { isGranted, useWho } from './who.js';

/** Where the page is, by `GET /console/config.json`. */
export type ConsoleConfig = Readonly<{
  version: string;
  doc_only: boolean;
  read_only: boolean;
  read_only_reason?: string;
  environment?: string;
  environment_color?: string;
  banner?: string;
  note_required: boolean;
  owner_key: string;
  links: readonly Readonly<{ title: string; url: string }>[];
  /** `named`: everybody may do everything, and a gateway says who it is. */
  access: 'open' | 'named' | 'controlled';
  oauth?: Readonly<{
    issuer: string;
    client_id: string;
    audience: string;
    scopes: readonly string[];
    authorization_url: string;
    token_url: string;
  }>;
}>;

export async function loadConfig(): Promise<ConsoleConfig> {
  const response = await fetch(new URL('config.json', document.baseURI), { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`the service answers ${response.status}`);
  return (await response.json()) as ConsoleConfig;
}

export const ConfigContext = createContext<ConsoleConfig | undefined>(undefined);

export function useConfig(): ConsoleConfig {
  const config = useContext(ConfigContext);
  if (config === undefined) throw new Error('there is no configuration above');
  return config;
}

/**
 * Why nothing can be changed here, as a sentence; undefined: it can. Controls that write are then not rendered.
 * @param setting a name: whether that one can; `*`: whether what belongs to all settings can
 */
export function useReadOnly(setting?: string): string | undefined {
  const config = useConfig();
  const who = useWho();
  if (shownAsOf() !== undefined) return 'You look at the past.';
  if (config.read_only) return config.read_only_reason ?? 'This console is for looking only.';
  if (who === undefined || isGranted(who.grants.propose, setting)) return undefined;
  const name = who.subject === null || who.kind === 'anyone' ? 'Whoever has not signed in' : `${who.subject}`;
  const what = setting === undefined ? 'any setting' : setting === '*' ? 'all settings' : setting;
  return `${name} is not granted to change ${what} (write), nor to propose changes (propose).`;
}

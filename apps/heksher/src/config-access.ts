import { HeksherError } from '@heksher/core';
import { readTokens, type TokenConfig } from './config-tokens.js';
import { type EnvironmentReader } from './environment.js';
import { type AreaName } from './http/areas.js';

export type AccessConfig = Readonly<{
  /** A key with all grants that the operator has made. */
  adminKey: (() => string) | undefined;
  /** The areas that need no credentials. */
  openAreas: ReadonlySet<AreaName>;
  /** What everybody may do with all settings. */
  openActions: readonly ('read' | 'evaluate')[];
  /** As which client of the first issuer people log in to the documents; undefined: they do not. */
  docsClientId: string | undefined;
}> &
  TokenConfig;

const OPEN_AREAS = { docs: 'documents', health: 'health' } as const;
const OPEN_ACTIONS = ['read', 'evaluate'] as const;

/** Undefined: everybody may do everything. */
export function readAccess(reader: EnvironmentReader, redisUrl: (() => string) | undefined): AccessConfig | undefined {
  const isOn = reader.oneOf('HEKSHER_AUTH', ['off', 'on'], 'off') === 'on';
  const adminKey = reader.current('HEKSHER_ADMIN_KEY', (text) => text);
  const open = reader.parsed('HEKSHER_AUTH_PUBLIC', parseOpen) ?? ['docs'];
  const tokens = readTokens(reader, redisUrl);
  const docsClientId = reader.text('HEKSHER_DOCS_CLIENT_ID', '') || undefined;
  if (docsClientId !== undefined && tokens.oauth === undefined)
    reader.problem('HEKSHER_DOCS_CLIENT_ID', 'has no effect without HEKSHER_OAUTH_ISSUER, where people would log in');
  if (!isOn) return undefined;
  const areas = Object.entries(OPEN_AREAS).flatMap(([name, area]) => (open.includes(name) ? [area] : []));
  return {
    adminKey,
    // Probes of Kubernetes have no credentials.
    openAreas: new Set<AreaName>([...areas, 'health', 'metadata']),
    ...tokens,
    docsClientId,
    openActions: OPEN_ACTIONS.filter((action) => open.includes(action)),
  };
}

function parseOpen(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const accepted = [...Object.keys(OPEN_AREAS), ...OPEN_ACTIONS, 'none'];
  const odd = names.find((name) => !accepted.includes(name));
  if (odd === undefined) return names;
  throw new HeksherError(
    'invalid',
    `"${odd}" is nothing that can be public; accepted: a list of ${accepted.join(', ')}`,
  );
}

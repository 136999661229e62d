import { invalid, quoted } from '@heksher/core';
import { type Grant, parseGrant } from './access/grants.js';
import { type EnvironmentReader } from './environment.js';
import { parseNetworks } from './http/addresses.js';
import { parseHeaderNames } from './http/cors.js';
import { FORWARDED_SYNTAXES } from './http/forwarded.js';
import { type GatewayOptions, parsePrefix } from './http/gateways.js';
import { type GatewayIdentityOptions } from './modules/access/gateway-identity.js';

export type GatewayConfig = GatewayOptions &
  Readonly<{
    /** The path below which the service answers, without a slash at its end; empty: at the root. */
    basePath: string;
    /** Undefined: no gateway says who asks. */
    identity: GatewayIdentityOptions | undefined;
  }>;

const TRUSTED = 'HEKSHER_TRUSTED_GATEWAYS';
const SUBJECT = 'HEKSHER_GATEWAY_SUBJECT_HEADER';
const SCOPES = 'HEKSHER_GATEWAY_SCOPES_HEADER';
const GRANTS = 'HEKSHER_GATEWAY_GRANTS';

export function readGateways(reader: EnvironmentReader): GatewayConfig {
  const trusted = reader.parsed(TRUSTED, parseNetworks);
  const forwarded = reader.oneOf('HEKSHER_FORWARDED', FORWARDED_SYNTAXES, 'none');
  const identity = readIdentity(reader);
  const basePath = reader.parsed('HEKSHER_BASE_PATH', requirePrefix) ?? '';
  if (reader.text(TRUSTED, '') === '') {
    const ofGateways = [SUBJECT, SCOPES, GRANTS].filter((name) => reader.text(name, '') !== '');
    for (const name of forwarded === 'none' ? ofGateways : ['HEKSHER_FORWARDED', ...ofGateways])
      reader.problem(name, `needs ${TRUSTED}, the networks of the gateways: what anybody else says is not believed`);
  }
  return { trusted, forwarded, basePath, identity };
}

function readIdentity(reader: EnvironmentReader): GatewayIdentityOptions | undefined {
  const subjectHeader = reader.parsed(SUBJECT, requireHeaderName);
  const scopesHeader = reader.parsed(SCOPES, requireHeaderName);
  const grants = reader.parsed(GRANTS, parseGrants);
  if (grants !== undefined && scopesHeader !== undefined)
    reader.problem(GRANTS, `is what every subject is granted, and ${SCOPES} what each is: only one of them can hold`);
  if (reader.text(SUBJECT, '') === '')
    for (const name of [SCOPES, GRANTS])
      if (reader.text(name, '') !== '') reader.problem(name, `needs ${SUBJECT}, the header that says who asks`);
  return subjectHeader === undefined ? undefined : { subjectHeader, scopesHeader, grants: grants ?? [] };
}

/** Those that say something else already. */
const TAKEN: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'host', 'origin', 'cookie', 'x-request-id']);

/** In lower case, as Node has it. */
function requireHeaderName(text: string): string {
  const [name = '', ...more] = parseHeaderNames(text.toLowerCase());
  if (more.length === 0 && !TAKEN.has(name)) return name;
  throw invalid(`${quoted(text)} is no header for this; accepted: one such as X-Consumer-Username`);
}

/** Reads `read,write:billing.*`. Throws 'invalid'. */
export function parseGrants(text: string): readonly Grant[] {
  return text.split(',').map((grant) => parseGrant(grant.trim()));
}

function requirePrefix(text: string): string {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  throw invalid(`${quoted(text)} is no path that requests may begin with; accepted: one such as /settings`);
}

import { readFileSync } from 'node:fs';
import { parse } from 'pg-connection-string';

/** How TLS is spoken, as Node's `tls.connect` takes it. */
export type TlsOptions = Readonly<{
  rejectUnauthorized: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  checkServerIdentity?: () => undefined;
}>;

export const TLS_PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;
type TlsParameter = (typeof TLS_PARAMETERS)[number];

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];
const FILES = ['sslrootcert', 'sslcert', 'sslkey'] as const;

/**
 * As libpq: `require` encrypts without a look at the certificate unless `sslrootcert` is given, `verify-ca` checks the chain
 * and not the name. `allow` and `prefer` mean no TLS here: a fallback to plain text does not protect against an active attacker.
 */
export function readTlsOptions(
  parameters: ReadonlyMap<TlsParameter, string | undefined>,
  problems: string[],
): false | TlsOptions {
  const mode = parameters.get('sslmode') ?? 'prefer';
  if (!MODES.includes(mode)) problems.push(`sslmode must be one of ${MODES.join(', ')}`);
  const given = FILES.filter((name) => parameters.get(name) !== undefined);
  const unreadable = given.filter((name) => !isReadable(parameters.get(name) ?? ''));
  for (const name of unreadable) problems.push(`${name} names a file that cannot be read`);
  if (parameters.get('sslcert') !== undefined && parameters.get('sslkey') === undefined)
    problems.push('sslcert needs sslkey');
  if (mode === 'verify-ca' && parameters.get('sslrootcert') === undefined)
    problems.push('sslmode=verify-ca needs sslrootcert; without one use verify-full');
  if (problems.length > 0 || ['disable', 'allow', 'prefer'].includes(mode)) return false;
  const query = new URLSearchParams([
    ['sslmode', mode],
    ...given.map((name): [string, string] => [name, parameters.get(name) ?? '']),
  ]);
  const { ssl } = parse(`postgresql://host/database?${query.toString()}`, { useLibpqCompat: true });
  return { rejectUnauthorized: true, ...(typeof ssl === 'object' ? (ssl as Partial<TlsOptions>) : {}) };
}

function isReadable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

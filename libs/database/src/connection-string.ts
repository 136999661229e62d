import { type HeksherError, invalid } from '@heksher/core';

/** Where a database is and who we are there. `host` may be the directory of a unix socket. */
export type DatabaseAddress = Readonly<{
  host: string;
  port: number;
  user?: string;
  password?: string;
  database: string;
  ssl: false | { rejectUnauthorized: boolean };
  applicationName?: string;
  connectTimeoutMs?: number;
}>;

const FORM = 'postgresql://user:password@host:port/database';
const ENCODING = 'characters such as / ? # @ : % in a user or password must be percent-encoded';
const PARAMETERS = [
  'application_name',
  'connect_timeout',
  'dbname',
  'host',
  'password',
  'port',
  'sslmode',
  'user',
] as const;
type Parameter = (typeof PARAMETERS)[number];

const DEFAULT_PORT = 5432;

/**
 * Reads `postgresql://user:password@host:port/database?sslmode=…` (or `postgres://`). As in libpq, parameters of the
 * query win over the same part before it, `host=/directory` is a unix socket, and the database is named as the user
 * where none is given. Of the sslmodes, `allow` and `prefer` mean no TLS here, `require` TLS without verification.
 * Throws `invalid`; no error repeats text that may hold the password.
 */
export function parseConnectionString(text: string): DatabaseAddress {
  const { authority, path, query } = split(text);
  const parameters = parseParameters(query);
  const at = authority.lastIndexOf('@');
  const [user, password] = at < 0 ? [] : cut(authority.slice(0, at), ':');
  const [host, port] = parseHostAndPort(authority.slice(at + 1));
  const chosen = {
    host: parameters.get('host') ?? decode(host, 'host'),
    user: parameters.get('user') ?? decode(user ?? '', 'user'),
    password: parameters.get('password') ?? decode(password ?? '', 'password'),
    database: parameters.get('dbname') ?? decode(path, 'database name'),
    port: parameters.get('port') ?? port,
  };
  const database = chosen.database || chosen.user;
  if (database === '') throw invalid(`the connection string names no database; expected ${FORM}`);
  const address = chosen.host || 'localhost';
  return {
    host: address,
    port: chosen.port === '' ? DEFAULT_PORT : parsePort(chosen.port),
    ...(chosen.user === '' ? {} : { user: chosen.user }),
    ...(chosen.password === '' ? {} : { password: chosen.password }),
    database,
    ssl: address.startsWith('/') ? false : parseSslMode(parameters.get('sslmode') ?? 'prefer'),
    ...parseExtras(parameters),
  };
}

function split(text: string): { authority: string; path: string; query: string } {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  if (scheme?.[1] === undefined) throw invalid(`the connection string must have the form ${FORM}`);
  if (!/^postgres(ql)?$/i.test(scheme[1])) throw refusedScheme(scheme[1]);
  const [, authority = '', path = '', query = ''] =
    /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(text.slice(scheme[0].length)) ?? [];
  if (!authority.includes('@') && `${path}${query}`.includes('@'))
    throw invalid(`the connection string has a "/" or "?" before its "@"; ${ENCODING}`);
  return { authority, path, query };
}

function refusedScheme(scheme: string): HeksherError {
  const [database = '', driver] = cut(scheme, '+');
  if (/^postgres(ql)?$/i.test(database) && driver !== undefined)
    return invalid(`cannot use "${scheme}://": leave out the driver "+${driver}"; expected ${FORM}`);
  return invalid(`cannot use "${scheme}://": the only database is PostgreSQL; expected ${FORM}`);
}

/** The two sides of the first `separator`; the second is undefined where there is none. */
function cut(text: string, separator: string): [string, string | undefined] {
  const position = text.indexOf(separator);
  return position < 0 ? [text, undefined] : [text.slice(0, position), text.slice(position + 1)];
}

function parseHostAndPort(text: string): [host: string, port: string] {
  const bracketed = /^\[([0-9a-f:.]+(?:%25[^\]]+)?)\](?::(.*))?$/i.exec(text);
  if (bracketed) return [bracketed[1] ?? '', bracketed[2] ?? ''];
  const [host, port = ''] = cut(text, ':');
  if (host.includes('[') || text.includes(',') || port.includes(':'))
    throw invalid(`the connection string must name one host, an IPv6 address in brackets: ${FORM}; ${ENCODING}`);
  return [host, port];
}

function parseParameters(query: string): ReadonlyMap<Parameter, string> {
  const found = new Map<Parameter, string>();
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [name, value] = cut(pair, '=');
    const known = PARAMETERS.find((parameter) => parameter === name);
    if (known === undefined || value === undefined) throw unknownParameter(name);
    found.set(known, decode(value, name));
  }
  return found;
}

function unknownParameter(name: string): HeksherError {
  const shown = /^\w{1,40}$/.test(name) ? ` "${name}"` : '';
  return invalid(`unknown parameter${shown} in the connection string; known: ${PARAMETERS.join(', ')}`);
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535)
    throw invalid(`the port of the connection string must be a number from 1 to 65535; ${ENCODING}`);
  return port;
}

function parseSslMode(mode: string): DatabaseAddress['ssl'] {
  switch (mode) {
    case 'disable':
    case 'allow':
    case 'prefer':
      return false;
    case 'require':
      return { rejectUnauthorized: false };
    case 'verify-ca':
    case 'verify-full':
      return { rejectUnauthorized: true };
    default:
      throw invalid(`unknown sslmode "${mode}"; known: disable, allow, prefer, require, verify-ca, verify-full`);
  }
}

function parseExtras(
  parameters: ReadonlyMap<Parameter, string>,
): Pick<DatabaseAddress, 'applicationName' | 'connectTimeoutMs'> {
  const applicationName = parameters.get('application_name');
  const seconds = parameters.get('connect_timeout');
  if (seconds !== undefined && !/^\d{1,6}$/.test(seconds)) throw invalid('connect_timeout must be whole seconds');
  return {
    ...(applicationName === undefined ? {} : { applicationName }),
    ...(seconds === undefined ? {} : { connectTimeoutMs: Number(seconds) * 1000 }),
  };
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`the ${part} of the connection string is not correctly percent-encoded; ${ENCODING}`);
  }
}

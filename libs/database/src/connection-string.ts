import { invalid } from '@heksher/core';
import { readParameters } from './connection-parameters.js';
import { type DatabaseAddress, type HostAndPort } from './database-address.js';

export { type DatabaseAddress } from './database-address.js';

const FORM = 'postgresql://user:password@host:port/database';
const DEFAULT_PORT = 5432;

/**
 * Reads `postgresql://user:password@host:port/database?sslmode=…`, and the forms of SQLAlchemy: `postgresql+asyncpg://`,
 * `ssl=`. As in libpq, parameters of the query win over the same part before it, `host=/directory` is a unix socket, there
 * may be several hosts, and the database is named as the user where none is given. A user or password need not be
 * percent-encoded. Throws `invalid` with every problem at once; no error repeats text that may hold the password.
 */
export function parseConnectionString(text: string): DatabaseAddress {
  const { userInfo, hosts, path, query, isUnambiguous } = split(text);
  const problems: string[] = [];
  const parameters = readParameters(query, isUnambiguous, problems);
  const [user, password] = cut(userInfo, ':');
  const servers = readHosts(parameters.host ?? hosts.hosts, parameters.port ?? hosts.ports, problems);
  const names = {
    user: parameters.user ?? decode(user),
    password: parameters.password ?? decode(password),
  };
  const database = (parameters.dbname ?? decode(path)) || names.user;
  if (database === '') problems.push(`it names no database; expected ${FORM}`);
  const [first = { host: 'localhost', port: DEFAULT_PORT }, ...others] = servers;
  if (problems.length > 0) throw invalid(`the connection string is not usable: ${problems.join('; ')}`);
  return {
    ...first,
    ...(names.user !== '' && { user: names.user }),
    ...(names.password !== '' && { password: names.password }),
    database,
    ...parameters.session,
    ssl: servers.every(({ host }) => host.startsWith('/')) ? false : parameters.session.ssl,
    ...(others.length > 0 && { otherHosts: others }),
  };
}

type Parts = Readonly<{
  userInfo: string;
  hosts: Readonly<{ hosts: string; ports: string }>;
  path: string;
  query: string;
  /** Whether nothing after the host can be part of a password. */
  isUnambiguous: boolean;
}>;

/** `host[:port],…[/database][?name=value&…]`, where only values may hold an `@`. */
const AFTER_USER =
  /^((?:\[[0-9a-f:.]+(?:%25[^\]]+)?\]|[^/?@:[\],\s]*)(?::[^/?@:,]*)?(?:,(?:\[[0-9a-f:.]+\]|[^/?@:[\],\s]*)(?::[^/?@:,]*)?)*)(?:\/([^/?@]*))?(?:\?((?:\w+=[^&]*(?:&+\w+=[^&]*)*)?&*))?$/i;

/** The user and the password end at the first `@` after which the rest has the form that it must have. */
function split(text: string): Parts {
  const rest = afterScheme(text);
  const ats = [...rest.matchAll(/@/g)].map(({ index }) => index);
  for (const at of ats.length === 0 ? [-1] : ats) {
    const [, hosts, path = '', query = ''] = AFTER_USER.exec(rest.slice(at + 1)) ?? [];
    if (hosts === undefined) continue;
    const isUnambiguous = ats.length === 1 || (ats.length === 0 && /^[^:]*(:\d*)?$/.test(hosts));
    return { userInfo: rest.slice(0, Math.max(at, 0)), hosts: separate(hosts), path, query, isUnambiguous };
  }
  throw invalid(
    `the connection string must have the form ${FORM}, an IPv6 address in brackets; ` +
      'where it cannot be told apart, percent-encode characters such as / ? # @ : % in the user and the password',
  );
}

function afterScheme(text: string): string {
  const [whole, scheme] = /^([a-z][a-z0-9+._-]*):\/\//i.exec(text) ?? [];
  if (whole === undefined || scheme === undefined) throw invalid(`the connection string must have the form ${FORM}`);
  // SQLAlchemy names the driver: postgresql+asyncpg.
  if (!/^postgres(ql)?(\+\w+)?$/i.test(scheme))
    throw invalid(`cannot use "${scheme}://": the only database is PostgreSQL; expected ${FORM}`);
  return text.slice(whole.length);
}

/** `a:1,b` as `a,b` and `1,`. */
function separate(list: string): { hosts: string; ports: string } {
  const servers = list.split(',').map((server) => /^(\[.*\]|[^:]*)(?::(.*))?$/s.exec(server) ?? []);
  return {
    hosts: servers.map(([, host = '']) => decode(host.replace(/^\[(.*)\]$/, '$1'))).join(','),
    ports: servers.map(([, , port = '']) => port).join(','),
  };
}

/** As in libpq, one port is for all hosts, and an empty one is the default. */
function readHosts(hosts: string, ports: string, problems: string[]): readonly HostAndPort[] {
  const portList = ports.split(',');
  const servers = hosts.split(',').map((host, index) => ({
    host: host || 'localhost',
    port: readPort((portList.length === 1 ? portList[0] : portList[index]) ?? '', problems),
  }));
  if (portList.length > 1 && portList.length !== servers.length)
    problems.push('it must give one port, or as many as there are hosts');
  return servers;
}

function readPort(text: string, problems: string[]): number {
  if (text === '') return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  const sentence = 'each port must be a number from 1 to 65535';
  if (!problems.includes(sentence)) problems.push(sentence);
  return DEFAULT_PORT;
}

/** The two sides of the first `separator`. */
function cut(text: string, separator: string): [before: string, after: string] {
  const position = text.indexOf(separator);
  return position < 0 ? [text, ''] : [text.slice(0, position), text.slice(position + 1)];
}

/** What is not correctly percent-encoded is taken as it stands, as SQLAlchemy does. */
function decode(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

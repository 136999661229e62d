import { errorMessage } from '@heksher/core';
import { type DatabaseAddress, TARGET_SESSIONS } from './database-address.js';
import { readTlsOptions, TLS_PARAMETERS } from './tls-options.js';

const PARAMETERS = [
  'application_name',
  'channel_binding',
  'connect_timeout',
  'dbname',
  'host',
  'options',
  'password',
  'port',
  'ssl',
  ...TLS_PARAMETERS,
  'target_session_attrs',
  'user',
] as const;
type Parameter = (typeof PARAMETERS)[number];

/** Of drivers that prepare or keep connections their own way; what they are for is done here in any case. */
const IGNORED: ReadonlySet<string> = new Set([
  'async_fallback',
  'client_encoding',
  'fallback_application_name',
  'keepalives',
  'keepalives_count',
  'keepalives_idle',
  'keepalives_interval',
  'prepared_statement_cache_size',
  'prepared_statement_name_func',
  'statement_cache_size',
]);

type Session = Pick<
  DatabaseAddress,
  'ssl' | 'applicationName' | 'connectTimeoutMs' | 'targetSession' | 'channelBinding' | 'options'
>;

/** What the query of a connection string says; parts that are undefined are not in it. */
export type Parameters = Readonly<{
  host: string | undefined;
  port: string | undefined;
  user: string | undefined;
  password: string | undefined;
  dbname: string | undefined;
  session: Session;
}>;

/** @param showsNames whether the name of an unknown parameter can be no part of a password */
export function readParameters(query: string, showsNames: boolean, problems: string[]): Parameters {
  const found = readPairs(query, showsNames, problems);
  const get = (name: Parameter): string | undefined => found.get(name);
  return {
    host: get('host'),
    port: get('port'),
    user: get('user'),
    password: get('password'),
    dbname: get('dbname'),
    session: {
      ssl: readTls(found, problems),
      ...defined('applicationName', get('application_name')),
      ...defined('options', get('options')),
      ...defined('connectTimeoutMs', readSeconds(get('connect_timeout'), problems)),
      ...defined('targetSession', oneOf(found, 'target_session_attrs', TARGET_SESSIONS, problems)),
      ...channelBinding(oneOf(found, 'channel_binding', ['disable', 'prefer', 'require'], problems)),
    },
  };
}

function readPairs(query: string, showsNames: boolean, problems: string[]): Map<Parameter, string> {
  const found = new Map<Parameter, string>();
  for (const [name, value] of new URLSearchParams(query.replaceAll('+', '%2B'))) {
    const known = PARAMETERS.find((parameter) => parameter === name);
    if (known !== undefined) found.set(known, value);
    else if (!IGNORED.has(name))
      problems.push(`unknown parameter${showsNames ? ` "${name.slice(0, 40)}"` : ''}; known: ${PARAMETERS.join(', ')}`);
  }
  return found;
}

const TLS_OF_SSL: Readonly<Record<string, string>> = {
  true: 'verify-full',
  1: 'verify-full',
  false: 'disable',
  0: 'disable',
};

/** `ssl` is what drivers of Python call `sslmode`. */
function readTls(found: ReadonlyMap<Parameter, string>, problems: string[]): Session['ssl'] {
  const ssl = found.get('ssl');
  const mode = ssl === undefined ? undefined : (TLS_OF_SSL[ssl.toLowerCase()] ?? ssl);
  const sslmode = found.get('sslmode');
  if (mode !== undefined && sslmode !== undefined && mode !== sslmode)
    problems.push('ssl and sslmode contradict each other');
  const parameters = new Map(TLS_PARAMETERS.map((name) => [name, found.get(name)]));
  try {
    return readTlsOptions(parameters.set('sslmode', sslmode ?? mode), problems);
  } catch (error) {
    problems.push(errorMessage(error));
    return false;
  }
}

function readSeconds(text: string | undefined, problems: string[]): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1_000;
  problems.push('connect_timeout must be whole seconds');
  return undefined;
}

function oneOf<T extends string>(
  found: ReadonlyMap<Parameter, string>,
  name: Parameter,
  choices: readonly T[],
  problems: string[],
): T | undefined {
  const text = found.get(name);
  const choice = choices.find((each) => each === text);
  if (text !== undefined && choice === undefined) problems.push(`${name} must be one of ${choices.join(', ')}`);
  return choice;
}

function channelBinding(choice: 'disable' | 'prefer' | 'require' | undefined): Pick<Session, 'channelBinding'> {
  return choice === undefined || choice === 'disable' ? {} : { channelBinding: choice };
}

function defined<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

import { errorCode, errorMessage, HeksherError } from '@heksher/core';
import { type DatabaseAddress } from './database-address.js';
import { INSUFFICIENT_PRIVILEGE, INVALID_CATALOG_NAME, isDatabaseUnavailable, pgErrorCode } from './pg-errors.js';

/** Why there is no connection, as a sentence for an operator; if `isFinal`, retrying does not help. */
export type ConnectionProblem = Readonly<{ sentence: string; isFinal: boolean }>;

export function connectionProblem(error: unknown, address: DatabaseAddress): ConnectionProblem {
  const where = placeOf(address);
  const known = ofServer(error, address) ?? ofTls(error) ?? ofNetwork(error);
  const { sentence, isFinal } = known ?? { sentence: errorMessage(error), isFinal: !isDatabaseUnavailable(error) };
  return { sentence: `cannot connect to PostgreSQL at ${where}: ${sentence}`, isFinal };
}

function placeOf({ host, port, otherHosts = [], database }: DatabaseAddress): string {
  const servers = [{ host, port }, ...otherHosts].map((server) => `${server.host}:${String(server.port)}`);
  return `${servers.join(', ')}, database "${database}"`;
}

function ofServer(error: unknown, { user, ssl, database }: DatabaseAddress): ConnectionProblem | undefined {
  const state = pgErrorCode(error) ?? '';
  const said = errorMessage(error);
  if (error instanceof HeksherError) return { sentence: said, isFinal: error.code !== 'unavailable' };
  if (state.startsWith('28') && ssl === false && /no encryption|SSL off/i.test(said))
    return {
      sentence: `the server lets nobody in without TLS: add sslmode=require to the connection string (${said})`,
      isFinal: true,
    };
  if (state.startsWith('28') || state === INSUFFICIENT_PRIVILEGE)
    return { sentence: `the server refuses the user "${user ?? ''}": ${said}`, isFinal: true };
  if (/client password must be a/.test(said))
    return { sentence: 'the server asks for a password, and the connection string has none', isFinal: true };
  if (state === INVALID_CATALOG_NAME)
    return { sentence: `there is no database "${database}"; create it, with the encoding UTF8`, isFinal: false };
  if (/unsupported startup parameter/.test(said))
    return { sentence: `the pooler in between takes no "options" of the connection string: ${said}`, isFinal: true };
  return undefined;
}

function ofTls(error: unknown): ConnectionProblem | undefined {
  const code = errorCode(error) ?? '';
  if (/the server does not support SSL/i.test(errorMessage(error)))
    return { sentence: 'the server speaks no TLS: take sslmode out of the connection string', isFinal: true };
  if (/CERT|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return { sentence: `the certificate of the server is refused: ${errorMessage(error)}`, isFinal: true };
  return undefined;
}

function ofNetwork(error: unknown): ConnectionProblem | undefined {
  switch (errorCode(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { sentence: 'the name of the host does not resolve; correct it, or see to its DNS', isFinal: false };
    case 'ECONNREFUSED':
      return { sentence: 'nothing listens there', isFinal: false };
    case 'ENOENT':
    case 'EACCES':
      return { sentence: `the socket cannot be used: ${errorMessage(error)}`, isFinal: false };
    default:
      return undefined;
  }
}

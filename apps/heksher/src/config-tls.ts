import { createSecureContext } from 'node:tls';
import { errorMessage } from '@heksher/core';
import { type Grant } from './access/grants.js';
import { parseGrants } from './config-gateways.js';
import { type EnvironmentReader } from './environment.js';
import { type TlsOptions } from './http/tls.js';

export type TlsConfig = Readonly<{
  /** Undefined: HTTP without TLS. */
  server: TlsOptions | undefined;
  /** Where that may become another one; undefined: nowhere. */
  renewal: TlsRenewal | undefined;
  /** Gateways say by `Client-Cert` (RFC 9440) which certificate a client has shown them. */
  isClientCertTaken: boolean;
  /** What everybody is granted who is known by a certificate. */
  grants: readonly Grant[];
}>;

/** Files that are replaced from time to time, and what they hold then. `read` throws 'invalid'. */
export type TlsRenewal = Readonly<{ files: readonly string[]; read: () => TlsOptions | undefined }>;

const VARIABLES = ['HEKSHER_TLS_CERT', 'HEKSHER_TLS_KEY', 'HEKSHER_TLS_CLIENT_CA'] as const;

export function readTls(reader: EnvironmentReader, hasGateways: boolean): TlsConfig {
  const server = readServer(reader);
  const isClientCertTaken = reader.boolean('HEKSHER_GATEWAY_CLIENT_CERT', false);
  const grants = reader.parsed('HEKSHER_TLS_CLIENT_GRANTS', parseGrants) ?? [];
  if (isClientCertTaken && !hasGateways)
    reader.problem('HEKSHER_GATEWAY_CLIENT_CERT', 'needs HEKSHER_TRUSTED_GATEWAYS, the networks of the gateways');
  const files = VARIABLES.flatMap((name) => reader.fileOf(name) ?? []);
  const renewal = server === undefined || files.length === 0 ? undefined : { files, read: () => readAgain(reader) };
  return { server, renewal, isClientCertTaken, grants };
}

function readAgain(reader: EnvironmentReader): TlsOptions | undefined {
  const again = reader.again();
  const server = readServer(again);
  again.throwProblems();
  return server;
}

function readServer(reader: EnvironmentReader): TlsOptions | undefined {
  const [cert, key, clientCa] = VARIABLES.map((name) => reader.text(name, '')) as [string, string, string];
  const isGiven = cert !== '' || key !== '' || clientCa !== '';
  if (!isGiven) return undefined;
  const options = { cert, key, clientCa: clientCa || undefined };
  if (cert === '' || key === '')
    reader.problem(
      cert === '' ? 'HEKSHER_TLS_CERT_FILE' : 'HEKSHER_TLS_KEY_FILE',
      'is required: TLS needs a certificate and its key',
    );
  else requireGood(reader, options);
  return options;
}

function requireGood(reader: EnvironmentReader, { cert, key, clientCa }: TlsOptions): void {
  try {
    createSecureContext({ cert, key, ...(clientCa !== undefined && { ca: clientCa }) });
  } catch (error) {
    const problem = `cannot be used with HEKSHER_TLS_KEY_FILE and HEKSHER_TLS_CLIENT_CA_FILE: ${errorMessage(error)}`;
    reader.problem('HEKSHER_TLS_CERT_FILE', problem);
  }
}

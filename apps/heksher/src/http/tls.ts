import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Server as TlsServer } from 'node:tls';

/** In PEM. `clientCa` signs the certificates of clients; undefined: they are not asked for one. */
export type TlsOptions = Readonly<{ cert: string; key: string; clientCa: string | undefined }>;

/** The event with a connection that requests can come on. */
export const connectionEvent = (tls: TlsOptions | undefined): 'connection' | 'secureConnection' =>
  tls === undefined ? 'connection' : 'secureConnection';

/**
 * A server with TLS or without. A client may have no certificate, as probes have none, or one that nobody we trust has signed: what that
 * proves is looked at with the request.
 */
export function createNodeServer(options: ServerOptions, tls: TlsOptions | undefined, take: RequestListener): Server {
  if (tls === undefined) return createServer(options, take);
  const asked = tls.clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: false };
  return createTlsServer({ ...options, ...asked, ...contextOf(tls) }, take);
}

/** New connections get this certificate; those that there are keep theirs. Throws where it cannot be used. */
export function renewCertificate(server: Server, tls: TlsOptions): void {
  if (server instanceof TlsServer) server.setSecureContext(contextOf(tls));
}

function contextOf({ cert, key, clientCa }: TlsOptions) {
  return { cert, key, minVersion: 'TLSv1.2', ...(clientCa !== undefined && { ca: clientCa }) } as const;
}

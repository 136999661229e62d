import { once } from 'node:events';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { errorCode, HeksherError } from '@heksher/core';

/** What an address without IPv6 at all is refused with. */
const NO_IPV6: ReadonlySet<string | undefined> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

type Address = Readonly<{ host: string | undefined; port: number }>;

/**
 * Listens on the address; without a host on all of IPv6 and IPv4, or of IPv4 where there is no IPv6.
 * @returns the URL
 * @throws HeksherError 'unavailable' that says what to do where the port cannot be had
 */
export async function listen(server: Server, { host, port }: Address): Promise<string> {
  try {
    await once(server.listen(port, host ?? '::'), 'listening');
  } catch (error) {
    if (host === undefined && NO_IPV6.has(errorCode(error))) return listen(server, { host: '0.0.0.0', port });
    throw explained(error, { host, port });
  }
  const address = server.address() as AddressInfo;
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${nameOf(address)}:${address.port}`;
}

function nameOf({ address, family }: AddressInfo): string {
  if (address === '::' || address === '0.0.0.0') return '127.0.0.1';
  return family === 'IPv6' ? `[${address}]` : address;
}

function explained(error: unknown, { host, port }: Address): unknown {
  const where = `${host ?? 'all addresses'}, port ${port}`;
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return unavailable(`cannot listen on ${where}: another program does; end it, or set PORT to a free port`);
    case 'EACCES':
      return unavailable(`cannot listen on ${where}: this user may not; set PORT to 1024 or more`);
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return unavailable(`cannot listen on ${where}: this machine has no such address; set HOST to one it has`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unavailable(`cannot listen on ${where}: the name is not known; set HOST to an address of this machine`);
    default:
      return error;
  }
}

function unavailable(message: string): HeksherError {
  return new HeksherError('unavailable', message);
}

import { once } from 'node:events';
import { type IncomingMessage, request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { BlockList, isIP, type Socket } from 'node:net';
import { invalid } from '@heksher/core';
import { type Address, hostOf, parseNetworks } from './ssrf-guard.js';

/** A proxy for requests by https, as `HTTPS_PROXY` and `NO_PROXY` have it. */
export type OutgoingProxy = Readonly<{ url: () => URL; isFor: (url: URL, addresses: readonly Address[]) => boolean }>;

/** Reads `http://user:password@proxy:3128`; throws `invalid`, without what was given: it may have a password in it. */
export function parseProxy(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '') return url;
  throw invalid('must be the address of a proxy, such as http://user:password@proxy:3128');
}

/** Whether what is sent there goes past the proxy. */
export type Bypass = (url: URL, addresses: readonly Address[]) => boolean;

/**
 * Reads a list as `NO_PROXY` has it: hosts with all below them (`example.com`, `.example.com`), each maybe with a port; addresses and networks,
 * which also count for the names that lead there; and `*` for everything.
 */
export function parseNoProxy(text: string): Bypass {
  const entries = text
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const isNetwork = (entry: string): boolean => isIP(entry.replace(/\/\d+$/, '')) !== 0;
  const networks = entries.filter(isNetwork);
  const list = networks.length === 0 ? new BlockList() : parseNetworks(networks.join(','));
  const hosts = entries.filter((entry) => !isNetwork(entry));
  return (url, addresses) => {
    const host = hostOf(url);
    const port = url.port || '443';
    const isNamed = hosts.some((entry) => {
      const [, name = entry, ofPort = port] = /^(.*?):(\d+)$/.exec(entry) ?? [];
      const bare = name.replace(/^\*?\./, '');
      return ofPort === port && (name === '*' || host === bare || host.endsWith(`.${bare}`));
    });
    return isNamed || addresses.some(({ address, family }) => list.check(address, family === 4 ? 'ipv4' : 'ipv6'));
  };
}

/** A connection through the proxy to one of the addresses, of which those of IPv4 come first. Throws what the last one failed by. */
export async function tunnelTo(
  proxy: URL,
  addresses: readonly Address[],
  port: string,
  signal: AbortSignal,
): Promise<Socket> {
  let problem = new Error('there is no address');
  for (const address of addresses.toSorted((one, other) => one.family - other.family)) {
    try {
      return await tunnel(proxy, address, port, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      problem = new Error(`the proxy could not be used: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw problem;
}

async function tunnel(proxy: URL, { address, family }: Address, port: string, signal: AbortSignal): Promise<Socket> {
  const path = family === 4 ? `${address}:${port}` : `[${address}]:${port}`;
  const { username, password } = proxy;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const headers = { host: path, ...(username !== '' && { 'proxy-authorization': `Basic ${credentials}` }) };
  const send = proxy.protocol === 'https:' ? requestByHttps : requestByHttp;
  const request = send({
    host: hostOf(proxy),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    ...{ method: 'CONNECT', path, headers, agent: false, signal },
  });
  request.end();
  // A proxy may also answer as if it were the server.
  request.once('response', (response: IncomingMessage) => request.emit('connect', response, response.socket, null));
  const [{ statusCode = 0 }, socket] = (await once(request, 'connect')) as [IncomingMessage, Socket];
  if (statusCode >= 200 && statusCode < 300) return socket;
  socket.destroy();
  throw new Error(`it answered ${statusCode} to CONNECT ${path}`);
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** What was asked of a proxy: the address, and by whose credentials. */
export type Asked = Readonly<{ to: string | undefined; authorization: string | undefined }>;

/** A proxy for outgoing connections (`CONNECT`) on this machine. */
export type ConnectProxy = Readonly<{ port: number; asked: readonly Asked[]; close: () => Promise<void> }>;

/** @param status what it answers instead of connecting; undefined: it connects */
export async function startConnectProxy(status?: number): Promise<ConnectProxy> {
  const asked: Asked[] = [];
  const server = createServer();
  server.on('connect', ({ url, headers }, client) => {
    asked.push({ to: url, authorization: headers['proxy-authorization'] });
    client.on('error', () => undefined);
    if (status !== undefined) return void client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const { hostname, port } = new URL(`http://${url}`);
    const upstream = connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => undefined);
    // What it has not read would keep it open.
    upstream.on('close', () => client.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

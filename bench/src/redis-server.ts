import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { createClient } from 'redis';
import { printed, start } from './processes.js';
import { type Scope } from './scope.js';

/** A client of a redis-server that keeps nothing on disk; both end with the scope. Fails where none is installed. */
export async function openRedis(scope: Scope) {
  const port = String(await freePort());
  const quiet = ['--save', '', '--appendonly', 'no', '--dir', tmpdir(), '--bind', '127.0.0.1'];
  const child = start(scope, { file: 'redis-server', args: ['--port', port, ...quiet] });
  const [, version = 'unknown'] = await printed(child, /Redis version=([\d.]+)[\s\S]*Ready to accept connections/);
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  // Broken by the end of the server, on interruption: whoever waits for an answer is told.
  client.on('error', () => undefined);
  scope.defer(() => client.destroy());
  await client.connect();
  return { client, version };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

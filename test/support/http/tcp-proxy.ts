import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a service and its database, and can be as bad as a network. */
export type TcpProxy = Readonly<{
  port: number;
  /** Break every connection, and refuse new ones until `restore`. */
  cut(): void;
  /** Break every connection; new ones work. */
  breakConnections(): void;
  /** Swallow what the database answers, on open and new connections alike, until `restore`. */
  stall(): void;
  /** Hold back each answer of the database for so long. */
  delay(ms: number): void;
  /**
   * Once, with the n-th piece that the database answers from now on: say with it that an administrator ended the session,
   * as PostgreSQL does, then break the connection, and let nobody in before `act` is done.
   */
  endSessionWith(nth: number, act: () => Promise<void>): void;
  /** Be a good network again: held bytes go on. */
  restore(): void;
  /** Connections taken so far. */
  connections(): number;
  close(): Promise<void>;
}>;

export async function startTcpProxy(target: Readonly<{ host: string; port: number }>): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let mode: 'open' | 'cut' | 'stall' = 'open';
  let delayMs = 0;
  let taken = 0;
  let ending: { countdown: number; act: () => Promise<void> } | undefined;
  let door: Promise<void> = Promise.resolve();
  let held: (() => void)[] = [];

  const server = createServer((client) => {
    if (mode === 'cut') {
      client.resetAndDestroy();
      return;
    }
    taken += 1;
    client.on('error', () => undefined);
    void door.then(() => join(client, connect({ host: target.host, port: target.port })));
  });

  function join(client: Socket, upstream: Socket): void {
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => {
      if (ending !== undefined && (ending.countdown -= 1) === 0) endSession(pair, bytes, ending.act);
      else answer(() => client.write(bytes));
    });
    upstream.on('end', () => answer(() => client.end()));
    client.on('end', () => upstream.end());
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        for (const one of pair) one.destroy();
      });
    }
  }

  function endSession([client, upstream]: readonly [Socket, Socket], bytes: Buffer, act: () => Promise<void>): void {
    ending = undefined;
    door = act();
    client.end(Buffer.concat([bytes, SESSION_ENDED]));
    upstream.destroy();
  }

  function answer(send: () => void): void {
    if (mode === 'stall') held.push(send);
    else if (delayMs === 0) send();
    else setTimeout(send, delayMs).unref();
  }

  function breakConnections(): void {
    held = [];
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  }

  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    cut() {
      mode = 'cut';
      breakConnections();
    },
    breakConnections,
    stall: () => void (mode = 'stall'),
    delay: (ms) => void (delayMs = ms),
    endSessionWith: (nth, act) => void (ending = { countdown: nth, act }),
    restore() {
      mode = 'open';
      delayMs = 0;
      const sending = held;
      held = [];
      for (const send of sending) send();
    },
    connections: () => taken,
    async close() {
      const closed = once(server, 'close');
      server.close();
      breakConnections();
      await closed;
    },
  };
}

/** PostgreSQL's error response 57P01 (admin_shutdown). */
const SESSION_ENDED = errorResponse([
  'SFATAL',
  'VFATAL',
  'C57P01',
  'Mterminating connection due to administrator command',
]);

function errorResponse(fields: readonly string[]): Buffer {
  const body = Buffer.from(`${fields.map((field) => `${field}\0`).join('')}\0`);
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

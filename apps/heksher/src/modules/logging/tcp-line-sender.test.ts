import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import {
  DEFAULT_TUNING,
  reconnectDelay,
  type SenderEvent,
  type SenderTuning,
  TcpLineSender,
} from './tcp-line-sender.js';

type Listener = Readonly<{ port: number; connections: string[]; sockets: Socket[]; close: () => Promise<void> }>;

const listeners: Listener[] = [];
const senders: TcpLineSender[] = [];

afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.close(0)));
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

/** A listener that keeps what each connection sent. `treat` makes it misbehave; what it does not read stays unread. */
async function listen(treat: (socket: Socket, index: number) => void = readAll, port = 0): Promise<Listener> {
  const connections: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const index = sockets.push(socket) - 1;
    connections[index] = '';
    socket.setEncoding('utf8').on('error', () => {});
    treat(socket, index);
    socket.on('data', (text: string) => (connections[index] += text));
    if (!reading.has(socket)) socket.pause();
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const listener = { port: portOf(server), connections, sockets, close: () => closeServer(server, sockets) };
  listeners.push(listener);
  return listener;
}

const reading = new WeakSet<Socket>();

function readAll(socket: Socket): void {
  reading.add(socket);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return address.port;
}

async function closeServer(server: Server, sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const listener = await listen();
  await listener.close();
  return listener.port;
}

function open(port: number, tuning: Partial<SenderTuning> = {}) {
  const events: SenderEvent[] = [];
  const quick = { ...DEFAULT_TUNING, minDelayMs: 10, maxDelayMs: 50, stableMs: 100 };
  const sender = new TcpLineSender({
    ...quick,
    ...tuning,
    host: '127.0.0.1',
    port,
    onEvent: (event) => events.push(event),
    droppedLine: (count) => `dropped ${count}`,
  });
  senders.push(sender);
  return { sender, events, kinds: () => events.map((event) => event.kind) };
}

async function eventually(holds: () => boolean, ms = 25_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!holds() && performance.now() < deadline) await sleep(10);
  expect(holds()).toBe(true);
}

/** How many connects and writes the kernel has not finished. */
const underWay = () => process.getActiveResourcesInfo().filter((kind) => /Write|Connect/.test(kind)).length;

/** Whether the kernel has taken a line by half only. */
const isLineHalfTaken = () => process.getActiveResourcesInfo().some((kind) => kind.includes('Write'));

const numbered = (number: number, width = 0) => `line ${number} ${'x'.repeat(width)}.`;
const numbers = (text: string) => [...text.matchAll(/^line (\d+) x*\.$/gm)].map(([, digits]) => Number(digits));
const droppedIn = (text: string) => [...text.matchAll(/^dropped (\d+)$/gm)].map(([, digits]) => Number(digits));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

function sendNumbered(sender: TcpLineSender, from: number, to: number, width = 0): void {
  for (const number of range(from, to)) sender.send(numbered(number, width));
}

describe('a listener that is well', () => {
  it('gets a burst of 20 000 lines whole and in order', async () => {
    const listener = await listen();
    const { sender, events } = open(listener.port, { maxLines: 20_000 });
    sendNumbered(sender, 0, 20_000);
    await eventually(() => (listener.connections[0] ?? '').endsWith(`${numbered(19_999)}\n`));
    expect(numbers(listener.connections[0] ?? '')).toEqual(range(0, 20_000));
    expect(events).toEqual([]);
  });

  it('gets bytes for text beyond ASCII as UTF-8', async () => {
    const listener = await listen();
    const { sender } = open(listener.port);
    sender.send('שלום — 🙂');
    await eventually(() => listener.connections[0] === 'שלום — 🙂\n');
  });
});

describe('a listener that is not there', () => {
  it('gets, once it appears, what was logged before', async () => {
    const port = await freePort();
    const { sender, kinds } = open(port);
    sendNumbered(sender, 0, 100);
    await eventually(() => kinds().length > 0);
    const listener = await listen(readAll, port);
    await eventually(() => numbers(listener.connections[0] ?? '').length === 100);
    expect(numbers(listener.connections[0] ?? '')).toEqual(range(0, 100));
    await eventually(() => kinds().length === 2);
    expect(kinds()).toEqual(['lost', 'restored']);
  });

  it('is reported once, however often it is tried', async () => {
    const { sender, events } = open(await freePort());
    sender.send('x');
    await sleep(500);
    expect(events).toMatchObject([{ kind: 'lost', error: { code: 'ECONNREFUSED' } }]);
  });

  it('costs the oldest lines only, and the newest arrive behind a line that counts them', async () => {
    const port = await freePort();
    const { sender, events } = open(port, { maxLines: 10 });
    sendNumbered(sender, 0, 100);
    await eventually(() => events.length > 0);
    const listener = await listen(readAll, port);
    await eventually(() => (listener.connections[0] ?? '').endsWith(`${numbered(99)}\n`));
    const lines = (listener.connections[0] ?? '').split('\n').slice(0, -1);
    expect(lines).toEqual(['dropped 90', ...range(90, 100).map((number) => numbered(number))]);
    expect(events).toContainEqual({ kind: 'dropped', count: 90 });
  });

  it('may not be resolvable either', async () => {
    const events: SenderEvent[] = [];
    const options = { ...DEFAULT_TUNING, host: 'no-such-host.invalid', port: 9, droppedLine: String };
    const sender = new TcpLineSender({ ...options, onEvent: (event) => events.push(event) });
    senders.push(sender);
    await eventually(() => events.length > 0);
    expect(events).toMatchObject([{ kind: 'lost' }]);
  });
});

describe('a listener that accepts and never reads', () => {
  it('costs bounded memory, and once it reads every line has arrived or been counted, in order', async () => {
    const listener = await listen(() => {});
    const { sender } = open(listener.port, { maxLines: 1_000, maxBytes: 1_000_000 });
    await eventually(() => listener.sockets.length === 1);
    const used = () => process.memoryUsage().heapUsed + process.memoryUsage().external;
    const before = used();
    for (let from = 0; from < 60_000; from += 500) {
      sendNumbered(sender, from, from + 500, 1_000);
      await sleep(1);
    }
    expect(used() - before).toBeLessThan(40_000_000);
    listener.sockets[0]?.resume();
    await eventually(() => (listener.connections[0] ?? '').includes(`${numbered(59_999, 1_000)}\n`));
    const counts = () => droppedIn(listener.connections[0] ?? '').reduce((sum, count) => sum + count, 0);
    const arrived = numbers(listener.connections[0] ?? '');
    await eventually(() => arrived.length + counts() === 60_000);
    expect(arrived).toEqual([...arrived].sort((a, b) => a - b));
    expect(counts()).toBeGreaterThan(10_000);
  });

  it('is given up after a stall, and the next connection begins with a whole line', async () => {
    const listener = await listen((socket, index) => index > 0 && readAll(socket));
    const { sender, events } = open(listener.port, { stallMs: 200, stableMs: 50 });
    sendNumbered(sender, 0, 10_000, 1_007);
    await eventually(() => (listener.connections[1] ?? '').endsWith(`${numbered(9_999, 1_007)}\n`));
    const again = numbers(listener.connections[1] ?? '');
    expect(again).toEqual(range(again[0] ?? NaN, 10_000));
    const lost = events.find((event) => event.kind === 'lost');
    expect(lost).toMatchObject({ error: { message: 'the listener took nothing for 200 ms' } });
  });
});

describe('a listener that goes away', () => {
  it.each([
    ['closes', (socket: Socket) => socket.destroy()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    ['half-closes and reads no more', (socket: Socket) => socket.end()],
  ])('and %s with a line half taken never gets two lines merged', async (_, leave) => {
    const listener = await listen((socket, index) => index > 0 && readAll(socket));
    const { sender } = open(listener.port);
    sendNumbered(sender, 0, 9_000, 1_007);
    await eventually(() => listener.sockets.length === 1 && isLineHalfTaken());
    for (const socket of listener.sockets) leave(socket);
    await eventually(() => (listener.connections[1] ?? '').endsWith(`${numbered(8_999, 1_007)}\n`));
    const text = listener.connections[1] ?? '';
    const again = numbers(text);
    expect(again[0]).toBeGreaterThan(0);
    expect(again).toEqual(range(again[0] ?? NaN, 9_000));
    expect(text.split('\n')).toHaveLength(again.length + 1);
  });

  it('mid-way, again and again, gets whole lines in order with at most the last one of a connection twice', async () => {
    const listener = await listen((socket) => {
      readAll(socket);
      let bytes = 0;
      socket.on('data', (text: string) => {
        bytes += text.length;
        if (bytes > 20_000) socket.destroy();
      });
    });
    const { sender } = open(listener.port);
    for (let from = 0; from < 3_000; from += 100) {
      sendNumbered(sender, from, from + 100, 50);
      await sleep(5);
    }
    // The last lines of a connection may be lost with it, so that others must follow the last one.
    let next = 3_000;
    await eventually(() => {
      sender.send(numbered(next++, 50));
      return numbers(listener.connections.join('')).some((number) => number >= 2_999);
    });
    const perConnection = listener.connections.map(numbers).filter((list) => list.length > 0);
    expect(perConnection.length).toBeGreaterThan(3);
    for (const list of perConnection) expect(list).toEqual(range(list[0] ?? NaN, (list[0] ?? NaN) + list.length));
    const overlaps = perConnection
      .slice(1)
      .map((list, index) => (perConnection[index]?.at(-1) ?? NaN) - (list[0] ?? NaN));
    for (const overlap of overlaps) expect(overlap).toBeLessThanOrEqual(0);
  });

  it('and comes back later gets what was logged meanwhile', async () => {
    const first = await listen();
    const { sender, kinds } = open(first.port);
    sendNumbered(sender, 0, 10);
    await eventually(() => numbers(first.connections[0] ?? '').length === 10);
    await sleep(150);
    await first.close();
    await eventually(() => kinds().length === 1);
    sendNumbered(sender, 10, 500);
    await sleep(200);
    const second = await listen(readAll, first.port);
    await eventually(() => numbers(second.connections[0] ?? '').length === 490);
    expect(numbers(second.connections[0] ?? '')).toEqual(range(10, 500));
    await eventually(() => kinds().length === 2);
    expect(kinds()).toEqual(['lost', 'restored']);
  });

  it('as soon as it has accepted, each time, is one outage and is tried with growing pauses', async () => {
    const listener = await listen((socket) => socket.destroy());
    const { events } = open(listener.port, { minDelayMs: 20, maxDelayMs: 1_000 });
    await sleep(1_000);
    expect(events.filter((event) => event.kind === 'lost')).toHaveLength(1);
    expect(listener.sockets.length).toBeGreaterThan(2);
    expect(listener.sockets.length).toBeLessThan(10);
  });
});

describe('a slow listener', () => {
  it('gets every line in order', async () => {
    const listener = await listen((socket) => {
      readAll(socket);
      socket.on('data', () => {
        socket.pause();
        setTimeout(() => socket.resume(), 2);
      });
    });
    const { sender, events } = open(listener.port);
    sendNumbered(sender, 0, 8_000, 1_000);
    await eventually(() => (listener.connections[0] ?? '').endsWith(`${numbered(7_999, 1_000)}\n`), 20_000);
    expect(numbers(listener.connections[0] ?? '')).toEqual(range(0, 8_000));
    expect(events).toEqual([]);
  });
});

describe('close', () => {
  it('flushes what is left, whole, and ends the connection', async () => {
    const listener = await listen();
    const { sender } = open(listener.port);
    sendNumbered(sender, 0, 5_000, 100);
    await sender.close(5_000);
    await eventually(() => listener.sockets[0]?.readableEnded === true);
    expect(numbers(listener.connections[0] ?? '')).toEqual(range(0, 5_000));
  });

  it('waits no longer than its bound for a listener that never reads, and counts what it left behind', async () => {
    const listener = await listen(() => {});
    const { sender, events } = open(listener.port);
    sendNumbered(sender, 0, 9_000, 1_000);
    await sender.close(300);
    expect(events.at(-1)).toMatchObject({ kind: 'dropped' });
  });

  it('tries an absent listener once more and does not wait out the bound', async () => {
    const { sender, events } = open(await freePort(), { minDelayMs: 60_000, maxDelayMs: 60_000 });
    await eventually(() => events.length === 1);
    sendNumbered(sender, 0, 5);
    // By the bound it would have waited longer than a test may.
    await sender.close(3_600_000);
    expect(events.at(-1)).toEqual({ kind: 'dropped', count: 5 });
  });

  it('finds a listener that came back during a long pause', async () => {
    const port = await freePort();
    const { sender, events } = open(port, { minDelayMs: 60_000, maxDelayMs: 60_000 });
    await eventually(() => events.length === 1);
    sendNumbered(sender, 0, 5);
    const listener = await listen(readAll, port);
    await sender.close(5_000);
    await eventually(() => numbers(listener.connections[0] ?? '').length === 5);
  });

  it('may be called twice, and lines after it are ignored', async () => {
    const listener = await listen();
    const { sender } = open(listener.port);
    sender.send('before');
    const closing = sender.close(1_000);
    sender.send('after');
    expect(sender.close(1_000)).toBe(closing);
    await closing;
    await eventually(() => listener.sockets[0]?.readableEnded === true);
    expect(listener.connections).toEqual(['before\n']);
  });

  it('leaves nothing open that a listener never read', async () => {
    const listener = await listen(() => {});
    const { sender } = open(listener.port);
    sendNumbered(sender, 0, 9_000, 1_000);
    await eventually(isLineHalfTaken);
    await sender.close(100);
    expect(underWay()).toBe(0);
  });

  it('ends the attempts to connect', async () => {
    const port = await freePort();
    const { sender, events } = open(port);
    await eventually(() => events.length === 1);
    await sender.close(100);
    const listener = await listen(readAll, port);
    await sleep(200);
    expect(listener.sockets).toEqual([]);
  });
});

describe('reconnectDelay', () => {
  it('doubles up to its bound and keeps to the upper half of that', () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const delay = reconnectDelay(failures, random, DEFAULT_TUNING);
        const full = Math.min(30_000, 100 * 2 ** failures);
        expect(delay).toBeGreaterThanOrEqual(full / 2);
        expect(delay).toBeLessThanOrEqual(full);
      }),
    );
  });
});

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Body } from '../body.js';
import { Connection } from '../http/connection.js';
import { sendWhole } from './send-whole.js';

const KEEP_ALIVE_S = 7;
const BIG = Buffer.alloc(20_000_000, 'x');

/** By path, what is answered; `/own/…` in Node's own way. */
const ANSWERS: Readonly<Record<string, Readonly<{ status: number; headers: readonly string[]; body?: Body }>>> = {
  text: { status: 200, headers: ['X-A', '1', 'Content-Length', '2'], body: '{}' },
  bytes: { status: 200, headers: ['Content-Length', '5', 'ETag', '"é"'], body: Buffer.from('"é"\n') },
  empty: { status: 200, headers: ['Content-Length', '0'], body: '' },
  unchanged: { status: 304, headers: ['ETag', '"a"'] },
  big: { status: 200, headers: ['Content-Length', String(BIG.length)], body: BIG },
};

const finished: string[] = [];

function handle(request: IncomingMessage, response: ServerResponse): void {
  const [, way = '', name = ''] = (request.url ?? '').split('/');
  const answer = ANSWERS[name];
  if (answer === undefined) throw new Error(`no such answer: ${name}`);
  const { status, headers, body } = answer;
  response.once('finish', () => finished.push(name));
  if (way === 'set') response.setHeader('X-Set', 'before');
  if (way === 'last') response.shouldKeepAlive = false;
  if (way === 'own') response.writeHead(status, [...headers]).end(body, 'latin1');
  else sendWhole(response, status, headers, body);
}

let server: Server;
let sockets: Socket[] = [];
beforeEach(async () => {
  finished.length = 0;
  server = createServer({ keepAliveTimeout: KEEP_ALIVE_S * 1_000 }, handle)
    .on('connection', (socket: Socket) => new Connection(socket, KEEP_ALIVE_S))
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  server.close();
  await once(server, 'close');
});

async function open(): Promise<Readonly<{ socket: Socket; received: () => string }>> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
  sockets.push(socket);
  let text = '';
  socket.on('data', (piece: string) => (text += piece));
  await once(socket, 'connect');
  return { socket, received: () => text.replace(/Date: [^\r]*/g, 'Date: now') };
}

const get = (path: string, version = '1.1', ...headers: string[]): string =>
  [`GET ${path} HTTP/${version}`, 'Host: here', ...headers, '', ''].join('\r\n');

/** All that comes to these requests, sent at once, until it has been quiet for a while or the connection is closed. */
async function answersTo(...requests: readonly string[]): Promise<string> {
  const { socket, received } = await open();
  socket.write(requests.join(''));
  for (let quiet = 0; quiet < 5 && !socket.closed;) {
    const before = received().length;
    await sleep(20);
    quiet = before > 0 && received().length === before ? quiet + 1 : 0;
  }
  return `${received()}${socket.closed ? '<closed>' : ''}`;
}

it.each(Object.keys(ANSWERS).filter((name) => name !== 'big'))('sends the bytes that Node sends: %s', async (name) => {
  const own = await answersTo(get(`/own/${name}`));
  expect(own).toMatch(/^HTTP\/1\.1 [23].*Date: now\r\nConnection: keep-alive\r\nKeep-Alive: timeout=7\r\n\r\n/s);
  expect(await answersTo(get(`/whole/${name}`))).toBe(own);
});

it('keeps the order of requests that come before their answers, also mixed with answers in the other way', async () => {
  const paths = ['/whole/text', '/whole/bytes', '/own/text', '/whole/unchanged', '/set/text', '/whole/empty'];
  const all = await answersTo(...paths.map((path) => get(path)));
  const single = [];
  for (const path of paths) single.push(await answersTo(get(path)));
  expect(all).toBe(single.join(''));
});

it('keeps what was set on the response before', async () => {
  expect(await answersTo(get('/set/text'))).toMatch(/\r\nX-Set: before\r\nX-A: 1\r\n/);
});

it.each([
  ['the client wants it closed', [get('/whole/text', '1.1', 'Connection: close')]],
  ['HTTP/1.0 closes it', [get('/whole/text', '1.0')]],
  ['the server wants it closed', [get('/last/text'), get('/whole/text')]],
])('closes the connection after the answer where %s', async (_why, requests) => {
  expect(await answersTo(...requests)).toMatch(/^HTTP\/1\.1 200 [^{]*\r\nConnection: close\r\n\r\n\{\}<closed>$/);
});

it('has not finished, nor is its connection idle, before a slow reader has the answer', async () => {
  const { socket, received } = await open();
  socket.pause();
  socket.write(get('/whole/big') + get('/whole/text'));
  await sleep(200);
  expect(finished).toEqual([]);
  server.closeIdleConnections();
  socket.resume();
  while (!received().endsWith('{}') && !socket.closed) await sleep(20);
  expect(finished).toEqual(['big', 'text']);
  expect(received().length).toBeGreaterThan(BIG.length);
});

it('never finishes an answer whose reader is gone, and takes no harm', async () => {
  const { socket } = await open();
  socket.pause();
  socket.write(get('/whole/big'));
  await sleep(100);
  socket.destroy();
  await sleep(100);
  expect(finished).toEqual([]);
  expect(await answersTo(get('/whole/text'))).toMatch(/\{\}$/);
});

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXPRESS_WAY } from '../support/http/both-ways.js';
import { exchangeOnce, openSocket } from '../support/http/raw-http.js';
import { spawnService, type ServiceProcess } from '../support/service/process.js';
import { addFeatures, declare } from '../support/service/service.js';
import { timed, until } from '../support/service/until.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';

const SETTINGS = 40;
/** An answer of some 8 MB. */
const DEFAULT_VALUE = 'x'.repeat(200_000);
const ANSWER_BYTES = SETTINGS * DEFAULT_VALUE.length;

let database: TestDatabase;
let service: ServiceProcess;
let url: string;
beforeAll(async () => {
  database = await createDatabase();
  service = spawnService({
    HEKSHER_DB_CONNECTION_STRING: database.connectionString,
    HEKSHER_SEND_TIMEOUT_S: '3',
    HEKSHER_KEEP_ALIVE_S: '2',
    // Each answer is made for whoever asks, as those of queries that differ are.
    HEKSHER_QUERY_CACHE_MB: '0',
  });
  const ready = await service.ready;
  url = ready.url;
  await addFeatures(ready.call, 'user');
  for (let index = 0; index < SETTINGS; index += 1) {
    const setting = { name: `s${index}`, type: 'str', default_value: DEFAULT_VALUE, configurable_features: ['user'] };
    await declare(ready.call, setting);
  }
});
afterAll(async () => {
  service.child.kill();
  await service.exited;
  await database.drop();
});

const QUERY = 'GET /api/v1/query HTTP/1.1\r\nHost: localhost\r\n';
const WAYS = [
  ['in front of Express', ''],
  ['over Express', `${EXPRESS_WAY}\r\n`],
] as const;
/** 50 KB of queries, of 8 MB each. */
const pipelined = (extra: string): string => `${QUERY}${extra}\r\n`.repeat(700);

/** The longest that liveness took to answer meanwhile, in milliseconds. */
async function longestLiveness(meanwhile: Promise<unknown>): Promise<number> {
  let isOver = false;
  void meanwhile.finally(() => (isOver = true));
  let longest = 0;
  while (!isOver) {
    const [ms] = await timed(exchangeOnce(url, 'GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n', true));
    longest = Math.max(longest, ms);
    await sleep(10);
  }
  await meanwhile;
  return longest;
}

async function residentMb(): Promise<number> {
  const status = await readFile(`/proc/${service.child.pid ?? 0}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

/**
 * A guard only: other tests share the machine. Requests that were all served at once would hold up liveness for many seconds,
 * and there is no order of answers to go by, since these connections get none.
 */
const SOON_MS = 10_000;
const SLACK_MB = 300;

describe.each(WAYS)('a connection that asks for much at once %s', (_way, extra) => {
  it('and reads nothing costs one answer, and holds up nobody', async () => {
    const before = await residentMb();
    const sockets = await Promise.all([1, 2, 3].map(() => openSocket(url)));
    for (const socket of sockets) {
      socket.pause();
      socket.write(pipelined(extra));
    }
    expect(await longestLiveness(sleep(800))).toBeLessThan(SOON_MS);
    expect((await residentMb()) - before).toBeLessThan(SLACK_MB);
    for (const socket of sockets) socket.destroy();
  });

  it.each(['resets', 'closes'])('and %s the connection at once leaves nothing to be made', async (how) => {
    const before = await residentMb();
    const sockets = await Promise.all([1, 2, 3].map(() => openSocket(url)));
    for (const socket of sockets) {
      socket.pause();
      socket.write(pipelined(extra), () => (how === 'resets' ? socket.resetAndDestroy() : socket.destroy()));
    }
    expect(await longestLiveness(sleep(500))).toBeLessThan(SOON_MS);
    expect((await residentMb()) - before).toBeLessThan(SLACK_MB);
  });

  it('and half-closes costs one answer at a time', async () => {
    const before = await residentMb();
    const socket = await openSocket(url);
    socket.pause();
    socket.end(pipelined(extra));
    expect(await longestLiveness(sleep(500))).toBeLessThan(SOON_MS);
    expect((await residentMb()) - before).toBeLessThan(SLACK_MB);
    socket.destroy();
  });

  it('and reads what it is given gets all answers, in order', async () => {
    const socket = await openSocket(url);
    let text = '';
    let received = 0;
    const done = until('all answers', () => /made-up-x/.test(text));
    socket.on('data', (bytes: Buffer) => {
      received += bytes.length;
      text = bytes.toString('latin1').slice(-500);
    });
    socket.write(`${QUERY}${extra}\r\n`.repeat(30) + `GET /made-up-x HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(await longestLiveness(done)).toBeLessThan(SOON_MS);
    expect(received).toBeGreaterThan(30 * ANSWER_BYTES);
    socket.destroy();
  }, 180_000);

  it('and takes nothing is cut after HEKSHER_SEND_TIMEOUT_S, and one that is slow is not', async () => {
    const cuts = (): number => service.output().match(/took nothing/g)?.length ?? 0;
    const before = cuts();
    const [stuck, slow] = await Promise.all([openSocket(url), openSocket(url)]);
    stuck.pause();
    stuck.write(`${QUERY}${extra}\r\n`);
    slow.write(`${QUERY}${extra}\r\n`);
    let received = 0;
    slow.on('data', (bytes: Buffer) => {
      received += bytes.length;
      slow.pause();
      setTimeout(() => slow.resume(), 40);
    });
    const [ms] = await timed(until('the connection to be cut', () => cuts() > before));
    expect(ms).toBeGreaterThan(2_900);
    await sleep(100);
    stuck.resume();
    await until('the client to notice', () => stuck.closed);
    await until('the slow one to have it all', () => received > ANSWER_BYTES);
    expect(cuts()).toBe(before + 1);
    slow.destroy();
  });
});

it('what is sent ahead without end is not read without end', async () => {
  const release = await holdQueries();
  const socket = await openSocket(url);
  const piece = 'GET /api/v1/settings/none HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_000);
  let sent = 0;
  socket.write('GET /api/v1/settings/s0 HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const deadline = Date.now() + 1_500;
  while (Date.now() < deadline && sent < 100_000_000) {
    if (socket.writableLength < 1_000_000) {
      socket.write(piece);
      sent += piece.length;
    }
    await sleep(1);
  }
  // What fits into the buffers of the kernel on both sides, and not what a client likes.
  expect(sent - socket.writableLength).toBeLessThan(20_000_000);
  await release();
  socket.destroy();
});

/** Reads over Express wait until this is released. */
async function holdQueries(): Promise<() => Promise<void>> {
  const client = await database.connect();
  await client.query('begin; lock table settings in access exclusive mode');
  return () => client.end();
}

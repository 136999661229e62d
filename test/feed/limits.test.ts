import { once } from 'node:events';
import { connect } from 'node:net';
import { type ChangeEvent, eventsOf, openStream } from '../support/feed/event-reader.js';
import { addFeatures, addRule, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

const MOST = 3;
const api = useService({
  HEKSHER_STREAMS_MAX: String(MOST),
  HEKSHER_STREAM_MAX_S: '2',
  HEKSHER_SEND_TIMEOUT_S: '1',
  HEKSHER_NOTIFY: 'off',
});

beforeAll(async () => {
  await addFeatures(api.call, 'user');
  await declare(api.call, { name: 'text', type: 'str', default_value: '', configurable_features: ['user'] });
});

const streamUrl = (query = ''): string => `${api.url()}/api/v1/changes${query}`;

async function now(): Promise<string> {
  const { next } = (await api.get('/changes')).body as { next: string };
  return next;
}

it('a stream ends at its time, tells its client when to come back, and nothing is missing then', async () => {
  const start = await now();
  const seen: ChangeEvent[] = [];
  let last = start;
  const write = async (value: number): Promise<void> => {
    await addRule(api.call, 'text', { user: `u${value}` }, String(value));
  };
  for (let round = 0; round < 2; round += 1) {
    const stream = await openStream(streamUrl(), { 'Last-Event-ID': last });
    await write(10 * round);
    await eventsOf(stream, 1);
    expect(await stream.ended).toBe('end');
    const retry = Number(stream.blocks.at(-1)?.retry);
    expect(retry).toBeGreaterThanOrEqual(500);
    expect(retry).toBeLessThanOrEqual(5_000);
    seen.push(...stream.changes());
    last = seen.at(-1)?.id ?? '';
    await write(10 * round + 1);
  }
  const { changes } = (await api.get(`/changes?after=${start}`)).body as { changes: readonly ChangeEvent[] };
  expect(changes).toHaveLength(4);
  expect(seen).toEqual(changes.slice(0, 3));
});

it('more streams and held requests than there may be are told to come later, and find room when others have gone', async () => {
  const streams = await Promise.all([
    openStream(streamUrl()),
    openStream(`${api.url()}/ofrep/v1/events/configuration`),
  ]);
  const held = fetch(streamUrl('?wait=1'));
  const refused = await until('no more to be taken', async () => {
    const answer = await api.get('/changes?wait=1', { Accept: 'application/json' });
    return answer.status === 503 && answer;
  });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(5);
  expect(refused.body).toMatchObject({
    code: 'unavailable',
    detail: expect.stringMatching(/^3 streams are open/) as string,
  });
  // A page that nobody waits for needs no room.
  await expectStatus(200, api.get('/changes'));
  for (const stream of streams) stream.close();
  expect((await held).status).toBe(200);
  const after = await until('room', async () => {
    const stream = await openStream(streamUrl());
    stream.close();
    return stream.status === 200;
  });
  expect(after).toBe(true);
});

it('what a client asks behind a stream, over one connection, is answered when the stream has ended', async () => {
  const socket = connect(Number(new URL(api.url()).port), '127.0.0.1').setEncoding('utf8');
  let received = '';
  socket.on('data', (text: string) => (received += text));
  await once(socket, 'connect');
  const head = 'HTTP/1.1\r\nHost: x\r\n';
  socket.write(`GET /api/v1/changes ${head}Accept: text/event-stream\r\n\r\nGET /api/health/live ${head}\r\n`);
  await until('the stream', () => received.includes('retry: 2000'));
  // Others do not wait for it.
  await expectStatus(200, api.get('/query'));
  expect(received).not.toContain('application/json');
  await until('the answer', () => /0\r\n\r\nHTTP\/1\.1 200 OK[^]*"status":"ok"/.test(received));
  socket.destroy();
});

it('a stream outlives the times that other answers have', async () => {
  // Nothing is to be sent for longer than HEKSHER_SEND_TIMEOUT_S, and the end comes in its order.
  const stream = await openStream(streamUrl());
  expect(await stream.ended).toBe('end');
});

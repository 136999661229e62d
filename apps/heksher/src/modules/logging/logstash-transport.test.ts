import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { logRecord } from './log-record.js';
import { LogstashTransport } from './logstash-transport.js';

type LocalLine = Readonly<{ message: string; fields: Record<string, unknown> }>;

async function setUp(warnEveryMs: number) {
  const localLines: LocalLine[] = [];
  const note = (message: string, fields: Record<string, unknown>) => void localLines.push({ message, fields });
  const sockets: Socket[] = [];
  let text = '';
  const server = createServer((socket) => {
    sockets.push(socket.setEncoding('utf8').on('data', (part: string) => (text += part)));
    socket.pause();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  const transport = new LogstashTransport({
    host: '127.0.0.1',
    port: address.port,
    level: 'info',
    tags: {},
    version: '1.2.3',
    log: { info: note, warn: note },
    warnEveryMs,
    tuning: { maxLines: 50, reportEveryMs: 0 },
  });
  const close = async () => {
    await transport.shutdown();
    for (const socket of sockets) {
      if (!socket.readableEnded) await once(socket, 'end');
      socket.destroy();
    }
    await new Promise((resolve) => server.close(resolve));
  };
  return { transport, localLines, sockets, text: () => text, close };
}

/** In several turns, so that the transport drops lines between some that it sends. */
async function overflow(transport: LogstashTransport): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    for (let number = 0; number < 1_000; number++) {
      transport.log(logRecord('info', 'test', 'filler', { filler: 'x'.repeat(1_000) }), () => {});
    }
    await sleep(1);
  }
}

const parseRecord = (line: string) => JSON.parse(line) as Record<string, unknown>;
const sum = (counts: readonly unknown[]) => counts.reduce((total: number, count) => total + Number(count), 0);

describe('lines that had to be dropped', () => {
  it('are counted in records to Logstash and in warnings', async () => {
    const { transport, localLines, sockets, text, close } = await setUp(0);
    await overflow(transport);
    sockets[0]?.resume();
    await close();
    const records = text().trimEnd().split('\n').map(parseRecord);
    const reports = records.filter((record) => record.message === 'log lines dropped');
    expect(reports[0]).toMatchObject({ level: 'WARNING', logger_name: 'heksher.logstash' });
    const arrived = records.filter((record) => record.message === 'filler');
    expect(arrived.length + sum(reports.map((report) => report.count))).toBe(20_000);
    const warned = localLines.filter(({ message }) => message === 'log lines dropped');
    expect(sum(warned.map(({ fields }) => fields.count))).toBe(20_000 - arrived.length);
  });

  it('are warned of no more often than the pause between two warnings, and at the end', async () => {
    const { transport, localLines, sockets, text, close } = await setUp(60_000);
    await overflow(transport);
    sockets[0]?.resume();
    await close();
    const records = text().trimEnd().split('\n').map(parseRecord);
    expect(records.filter((record) => record.message === 'log lines dropped').length).toBeGreaterThan(2);
    expect(localLines.map(({ message }) => message)).toEqual(['log lines dropped', 'log lines dropped']);
    const arrived = records.filter((record) => record.message === 'filler');
    expect(sum(localLines.map(({ fields }) => fields.count))).toBe(20_000 - arrived.length);
  });
});

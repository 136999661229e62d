import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const here = dirname(fileURLToPath(import.meta.url));
let folder: string;

/** The sender as plain JavaScript, for a process of its own. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'line-sender-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of ['line-buffer', 'tcp-line-sender']) {
    const options = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } } as const;
    const { code } = await transformFile(join(here, `${name}.ts`), options);
    await writeFile(join(folder, `${name}.js`), code);
  }
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs a process that opens a sender to `port`, sends a line, prints each event's kind and comes to its end without `close`. */
async function runToItsEnd(port: number): Promise<string> {
  const program = `
    import { DEFAULT_TUNING, TcpLineSender } from './tcp-line-sender.js';
    const onEvent = ({ kind }) => console.log(kind);
    const sender = new TcpLineSender({ ...DEFAULT_TUNING, host: '127.0.0.1', port: ${port}, onEvent, droppedLine: String });
    sender.send('line');
    setTimeout(() => console.log('end'), 300);
  `;
  const path = join(folder, `program-${port}.js`);
  await writeFile(path, program);
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 10_000 });
  let printed = '';
  child.stdout.on('data', (part) => (printed += String(part)));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  expect(exitCode).toBe(0);
  return printed;
}

describe('a process that never closes its sender', () => {
  it('ends by itself while connected', async () => {
    let received = '';
    const server = createServer((socket) =>
      socket.on('data', (part) => (received += String(part))).on('error', () => {}),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the listener has no port');
    expect(await runToItsEnd(address.port)).toBe('end\n');
    expect(received).toBe('line\n');
    await new Promise((resolve) => server.close(resolve));
  });

  it('ends by itself between two attempts to connect', async () => {
    expect(await runToItsEnd(1)).toBe('lost\nend\n');
  });
});

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { useService } from '../support/service/use-service.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const api = useService();

/** What a program of its own prints, on the built client; fails where it does not end by itself. */
async function run(program: string, url = api.url()): Promise<string> {
  const text = `
    import { HeksherClient, setting } from '@heksher/client';
    const size = setting('size', { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });
    const client = await HeksherClient.start({ url: process.env.URL, settings: [size] });
    ${program}
  `;
  const args = ['--input-type=module', '--eval', text];
  const options = { cwd: ROOT, env: { ...process.env, URL: url }, timeout: 60_000 };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
  expect(stderr).toBe('');
  return stdout;
}

beforeAll(async () => {
  await api.post('/context_features', { context_feature: 'user' });
});

it('polling does not keep a program running', async () => {
  expect(await run(`console.log(size.get({ user: 'x' }));`)).toBe('60\n');
});

it('closing leaves no timer and no request behind', async () => {
  const printed = await run(`
    const reloading = client.reload().catch(() => undefined);
    await client.close();
    await reloading;
    console.log(process.getActiveResourcesInfo().filter((name) => name !== 'TCPSocketWrap' && !/^(TTY|Pipe)/.test(name)).join());
  `);
  expect(printed).toBe('\n');
});

describe('a stream of changes', () => {
  /** A service that begins a stream and then says nothing for as long as the test runs; and how many streams it has begun and lost. */
  async function streamingService() {
    const counts = { begun: 0, lost: 0 };
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/api/v1/changes') === true) {
        counts.begun += 1;
        response.on('close', () => (counts.lost += 1));
        return void response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 7-a\n\n');
      }
      if (!request.url?.startsWith('/api/v1/query')) return void response.end('{"outcome":"uptodate"}');
      const size = { rules: [], default_value: 7, rollouts: [] };
      response.end(JSON.stringify({ settings: { size }, context_features: ['user'] }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, counts, server };
  }

  const untilStreaming = `
    while (!client.status().isStreaming) await new Promise((resolve) => setTimeout(resolve, 5));
    console.log(size.get({ user: 'x' }));
  `;

  it.each([
    ['does not keep a program running', ''],
    ['that is closed leaves nothing behind', 'await client.close();'],
  ])('%s', async (_, end) => {
    const { url, counts, server } = await streamingService();
    expect(await run(untilStreaming + end, url)).toBe('7\n');
    expect(counts).toEqual({ begun: 1, lost: 1 });
    server.closeAllConnections();
    server.close();
  });
});

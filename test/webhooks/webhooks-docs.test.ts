import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SENDING } from '../support/webhooks/receiver.js';
import { readPage } from '../support/service/console-commands.js';
import { addFeatures, addRule, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

const api = useService(SENDING);

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
});

test.each([
  ['secret', 'WEBHOOK_SECRET'],
  ['public_key', 'WEBHOOK_PUBLIC_KEY'],
] as const)(
  'the receiver of the page verifies by the %s, tells of each event once, and refuses forgeries',
  async (by, variable) => {
    const page = await readPage('docs/webhooks.md');
    const [receiver, byKey] = Array.from(page.matchAll(/^```js\n([\s\S]*?)^```$/gm), ([, text]) => text);
    if (receiver === undefined || byKey === undefined) throw new Error('the page has no receiver');
    const rest = receiver.replace(/^import .*createHmac.*$|^const key = .*$|^function isGenuine[\s\S]*?^}$/gm, '');
    const source = by === 'secret' ? receiver : byKey + rest;
    const folder = await mkdtemp(join(tmpdir(), 'heksher-receiver-'));
    await writeFile(join(folder, 'receiver.mjs'), source);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const made = (await expectStatus(201, api.post('/webhooks', { url, ed25519: by === 'public_key' }))).body as {
      id: string;
      secret: string;
      public_key: string;
      cursor: string;
    };
    const env = { PATH: process.env['PATH'], PORT: String(port), [variable]: made[by] };
    const child = spawn(process.execPath, [join(folder, 'receiver.mjs')], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let printed = '';
      child.stdout.setEncoding('utf8').on('data', (piece: string) => (printed += piece));
      const tried = await until('the receiver to answer', async () => {
        const { body } = await api.post(`/webhooks/${made.id}/test`);
        const { status } = body as { status: number | null };
        return status ?? undefined;
      });
      expect(tried).toBe(204);
      await addRule(api.call, 'cache_size', { user: by }, 1);
      await until('the event', () => printed.includes('heksher.change.committed'));
      await expectStatus(200, api.post(`/webhooks/${made.id}/replay`, { from: made.cursor }));
      await until('the replay', async () => {
        const { attempts } = (await api.get(`/webhooks/${made.id}/attempts`)).body as {
          attempts: { type: string; status: number | null }[];
        };
        return (
          attempts.filter(({ type, status }) => type === 'heksher.change.committed' && status === 204).length === 2
        );
      });
      const told = printed.split('\n').filter((line) => line.startsWith('heksher.change.committed'));
      expect(told).toEqual([expect.stringMatching(/^heksher\.change\.committed \d+-[0-9a-f]{8} \[ 'cache_size' \]$/)]);
      const forged = await fetch(url, {
        method: 'POST',
        body: '{}',
        headers: {
          'webhook-id': 'x',
          'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
          'webhook-signature': `v1,AAAA v1a,${Buffer.alloc(64).toString('base64')}`,
        },
      });
      expect(forged.status).toBe(401);
    } finally {
      child.kill();
      await rm(folder, { recursive: true });
    }
  },
);

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { useService } from '../support/service/use-service.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const api = useService();

/** What a program of its own prints, on the built client; fails where it does not end by itself. */
async function run(program: string): Promise<string> {
  const text = `
    import { HeksherClient, setting } from '@heksher/client';
    const size = setting('size', { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });
    const client = await HeksherClient.start({ url: process.env.URL, settings: [size] });
    ${program}
  `;
  const args = ['--input-type=module', '--eval', text];
  const options = { cwd: ROOT, env: { ...process.env, URL: api.url() }, timeout: 60_000 };
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

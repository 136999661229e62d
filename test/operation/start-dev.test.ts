import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyTree, linkPackages } from '../support/repository.js';
import { until } from '../support/service/until.js';

const TREE = [
  'package.json',
  'tsconfig.base.json',
  'tsconfig.nest.json',
  'nest-cli.json',
  'scripts',
  'apps',
  'libs',
  'migrations',
];

it('npm run start:dev serves from the sources, and again after a change of the service or of a workspace', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-start-dev-'));
  for (const path of TREE) await copyTree(path, join(folder, path), (part) => !/(^|\/)(dist|node_modules)$/.test(part));
  await linkPackages(folder);
  const { PATH, HOME } = process.env;
  const child = spawn('npm', ['run', 'start:dev'], {
    cwd: folder,
    env: { PATH, HOME, DOC_ONLY: 'true', PORT: '0', HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const reached = (what: string, condition: () => boolean) =>
    until(what, condition, 100_000).catch((error: unknown) => {
      throw new Error(output, { cause: error });
    });
  const ready = (times: number) => reached(`start ${times}`, () => output.split('Heksher is ready').length > times);
  // The last line of a program may come after its word that it is ready.
  const printed = (text: string) => reached(text, () => output.includes(text));
  try {
    await ready(1);
    await appendFile(join(folder, 'apps/heksher/src/main.ts'), "console.log('changed: service');\n");
    await ready(2);
    await printed('changed: service');
    await appendFile(join(folder, 'libs/core/src/index.ts'), "console.log('changed: core');\n");
    await ready(3);
    await printed('changed: core');
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    await exited;
    await rm(folder, { recursive: true, force: true });
  }
}, 300_000);

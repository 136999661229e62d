import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { type default as TypeScript } from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ts = createRequire(import.meta.url)('typescript') as typeof TypeScript;

// Typedoc compiles the client, and takes its time where others work too.
jest.setTimeout(120_000);

let folder: string;
beforeAll(async () => {
  // Within the repository, where packages are found.
  await mkdir(join(ROOT, 'test/dist'), { recursive: true });
  folder = await mkdtemp(join(ROOT, 'test/dist/docs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('the pages of all entries of the client are made without a warning', async () => {
  const args = ['node_modules/typedoc/bin/typedoc', '--options', 'libs/client/typedoc.json', '--out', folder];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: ROOT }).catch(
    (failure: { stdout: string; stderr: string }) => failure,
  );
  expect(stdout + stderr).not.toMatch(/warning|error/i);
  for (const page of [
    'index.HeksherClient',
    'testing.StubHeksher',
    'nest.HeksherModule',
    'openfeature.HeksherProvider',
  ]) {
    await access(join(folder, `classes/${page}.html`));
  }
});

it('the tests that the README of the client has as an example pass', async () => {
  const readme = await readFile(join(ROOT, 'libs/client/README.md'), 'utf8');
  const blocks = Array.from(readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm), ([, block = '']) => block);
  const example = blocks.find((block) => block.includes('StubHeksher')) ?? '';
  const declaring = /const cacheSize = [\s\S]*?^}\);$/m.exec(blocks[0] ?? '')?.[0] ?? '';
  const text = `import { setting } from '@heksher/client';\n${declaring}\n${example}`;
  const { module, target } = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  const file = join(folder, 'example.test.mjs');
  await writeFile(file, ts.transpileModule(text, { compilerOptions: { module, target } }).outputText);
  const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap', file]);
  expect(stdout).toMatch(/^# pass 2$[\s\S]*^# fail 0$/m);
});

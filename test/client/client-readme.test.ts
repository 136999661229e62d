import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type default as TypeScript } from 'typescript';
import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ts = createRequire(import.meta.url)('typescript') as typeof TypeScript;
const api = useService();

let folder: string;
beforeAll(async () => {
  // Within the repository, where packages are found.
  await mkdir(join(ROOT, 'test/dist'), { recursive: true });
  folder = await mkdtemp(join(ROOT, 'test/dist/readme-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function blocks(language: string): Promise<readonly string[]> {
  const text = await readFile(join(ROOT, 'libs/client/README.md'), 'utf8');
  return Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm')),
    ([, block = '']) => block,
  );
}

it('its first example prints what it says, next to the rules of the README of the service', async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await addRule(api.call, 'cache_size', { account: 'john' }, 100);
  await addRule(api.call, 'cache_size', { account: 'jim' }, 50);
  await addRule(api.call, 'cache_size', { account: 'jim', user: 'admin' }, 200);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRule(api.call, 'cache_size', { user: 'guest', theme: 'dark' }, 20);
  const [[example = ''], [printed]] = [await blocks('ts'), await blocks('text')];
  const file = join(folder, 'example.mjs');
  const { module, target } = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  await writeFile(file, ts.transpileModule(example, { compilerOptions: { module, target } }).outputText);
  const options = { env: { ...process.env, HEKSHER_URL: api.url() }, timeout: 60_000 };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], options);
  expect({ stdout, stderr }).toEqual({ stdout: printed, stderr: '' });
});

it('all its examples compile, each after the first', async () => {
  const [first = '', ...others] = await blocks('ts');
  expect(others.length).toBeGreaterThan(1);
  const files: string[] = [];
  for (const [index, block] of others.entries()) {
    const file = join(folder, `example-${index}.mts`);
    await writeFile(file, `${first}\n${block}`);
    files.push(file);
  }
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  });
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  expect(problems).toEqual([]);
}, 60_000);

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

/** Runs a module with the service of this test; gives what it prints. */
async function run(name: string, text: string): Promise<{ stdout: string; stderr: string }> {
  const file = join(folder, name);
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  };
  await writeFile(file, ts.transpileModule(text, { compilerOptions }).outputText);
  const options = { env: { ...process.env, HEKSHER_URL: api.url() }, timeout: 60_000 };
  return promisify(execFile)(process.execPath, [file], options);
}

/** What the first example declares, for the others. */
async function cacheSize(): Promise<string> {
  const [first = ''] = await blocks('ts');
  return `import { HeksherClient, setting } from '@heksher/client';\n${/const cacheSize = [\s\S]*?^}\);$/m.exec(first)?.[0] ?? ''}\n`;
}

beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
});

it('its example of declarations works where nothing is known of the setting, its version and its alias', async () => {
  const [example = ''] = (await blocks('ts')).filter((block) => block.includes("'http.retries'"));
  const client = `const client = await HeksherClient.start({ url: process.env.HEKSHER_URL });\n`;
  const print = `console.log(client.outcomes().get('http.retries').outcome, retries.get({ account: 'jim' })); await client.close();`;
  expect(await run('declarations.mjs', `${await cacheSize()}${client}${example}${print}`)).toEqual({
    stdout: 'created 3\n',
    stderr: '',
  });
  expect((await api.get('/settings/http.retries')).body).toMatchObject({ version: '1.1', aliases: [] });
});

it('its example for Nest answers', async () => {
  const [example = ''] = (await blocks('ts')).filter((block) => block.includes('HeksherModule'));
  const main = `
    import 'reflect-metadata';
    import { NestFactory } from '@nestjs/core';
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    const answer = await fetch(await app.getUrl() + '/size');
    console.log(answer.status, await answer.text());
    await app.close();
  `;
  expect(await run('nest.mjs', `${await cacheSize()}${example}${main}`)).toEqual({ stdout: '200 60\n', stderr: '' });
});

it('its first example prints what it says, next to the rules of the README of the service', async () => {
  await declare(api.call);
  await addRule(api.call, 'cache_size', { account: 'john' }, 100);
  await addRule(api.call, 'cache_size', { account: 'jim' }, 50);
  await addRule(api.call, 'cache_size', { account: 'jim', user: 'admin' }, 200);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRule(api.call, 'cache_size', { user: 'guest', theme: 'dark' }, 20);
  const [[example = ''], [printed]] = [await blocks('ts'), await blocks('text')];
  expect(await run('example.mjs', example)).toEqual({ stdout: printed, stderr: '' });
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
    experimentalDecorators: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  });
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  expect(problems).toEqual([]);
}, 120_000);

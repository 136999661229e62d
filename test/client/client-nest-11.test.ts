import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { type default as TypeScript } from 'typescript';
import { ROOT, TSC } from '../support/project.js';
import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

/** The module for Nest in an application of Nest 11; test/client-nest.test.ts has all it does, with Nest 12. */
const ts = createRequire(import.meta.url)('typescript') as typeof TypeScript;
const api = useService();

// The compiler takes its time where others work too.
jest.setTimeout(120_000);

const APPLICATION = `
import 'reflect-metadata';
import { HeksherClient, setting } from '@heksher/client';
import { HeksherContextInterceptor, HeksherModule } from '@heksher/client/nest';
import { Controller, Get, Module, UseInterceptors, VERSION_NEUTRAL } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const size = setting('cache_size', { type: 'int', configurableFeatures: ['account', 'user', 'theme'], defaultValue: 60 });

@Controller()
class SizeController {
  constructor(private readonly client: HeksherClient) {}

  @Get('size')
  async size(): Promise<readonly [number, string]> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return [size.get(), this.client.status().state];
  }

  @UseInterceptors(HeksherContextInterceptor)
  @Get('deep/size')
  again(): number {
    return size.get();
  }
}

@Module({
  imports: [
    HeksherModule.forRoot({
      url: process.env['HEKSHER_URL'] ?? '',
      settings: [size],
      onMissingFeature: 'resolve',
      requestContext: ({ headers }) => ({ user: headers['x-user']?.toString() }),
    }),
  ],
  controllers: [SizeController],
})
class AppModule {}

export async function main(): Promise<unknown> {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask = async (path: string, user: string) =>
    (await fetch(url + path, { headers: { 'x-user': user } })).json() as Promise<unknown>;
  const answers = await Promise.all([ask('/size', 'guest'), ask('/size', 'bob'), ask('/deep/size', 'guest')]);
  const client = app.get(HeksherClient);
  await app.close();
  return [...answers, client.status().state, typeof VERSION_NEUTRAL];
}
`;
const ANSWERS = '[[10,"serving"],[60,"serving"],10,"closed","symbol"]';

/** Below the repository, so that all else that Nest needs is found there. */
let folder: string;
beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await mkdir(join(ROOT, 'test/dist'), { recursive: true });
  folder = await mkdtemp(join(ROOT, 'test/dist/nest-11-'));
  await writeFile(join(folder, 'package.json'), '{"private": true}');
  for (const name of ['common', 'core', 'platform-express']) {
    await cp(join(ROOT, `node_modules/nest11-${name}`), join(folder, 'node_modules/@nestjs', name), {
      recursive: true,
    });
  }
  for (const name of ['core', 'client']) {
    for (const part of ['package.json', 'dist', 'cjs']) {
      const target = join(folder, 'node_modules/@heksher', name, part);
      await cp(join(ROOT, 'libs', name, part), target, { recursive: true });
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...args: readonly string[]): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, HEKSHER_URL: api.url() }, timeout: 60_000 };
  const running = promisify(execFile)(process.execPath, [...args], options);
  const { stdout } = await running.catch(({ stdout, stderr }: Record<string, string>) => {
    throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`);
  });
  return stdout.trim();
}

async function write(name: string, module: TypeScript.ModuleKind): Promise<void> {
  const compilerOptions = {
    module,
    target: ts.ScriptTarget.ES2022,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    esModuleInterop: true,
  };
  await writeFile(join(folder, name), ts.transpileModule(APPLICATION, { compilerOptions }).outputText);
}

it('is the Nest that this test is about', async () => {
  const version = `console.log(require('@nestjs/common/package.json').version, require('@nestjs/core/package.json').version)`;
  expect(await run('-e', version)).toMatch(/^11\.\S+ 11\.\S+$/);
});

it('serves each request in its context from an application of CommonJS, as Nest 11 makes them', async () => {
  await write('application.cjs', ts.ModuleKind.CommonJS);
  const main = `require('./application.cjs').main().then((answers) => console.log(JSON.stringify(answers)))`;
  expect(await run('-e', main)).toBe(ANSWERS);
});

it('and from one of ES modules', async () => {
  await write('application.mjs', ts.ModuleKind.ES2022);
  await writeFile(
    join(folder, 'main.mjs'),
    `import { main } from './application.mjs';\nconsole.log(JSON.stringify(await main()));\n`,
  );
  expect(await run('main.mjs')).toBe(ANSWERS);
});

it('is tested with Jest as it is installed', async () => {
  await write('application.cjs', ts.ModuleKind.CommonJS);
  await writeFile(
    join(folder, 'application.test.js'),
    `const { main } = require('./application.cjs');
    test('answers', async () => expect(JSON.stringify(await main())).toBe('${ANSWERS}'));`,
  );
  await run(
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--rootDir',
    '.',
    '--testPathIgnorePatterns',
    '/node_modules/',
  );
});

it.each(['node10', 'nodenext'])('has types that fit those of Nest 11, with moduleResolution %s', async (resolution) => {
  await writeFile(join(folder, 'types.ts'), APPLICATION);
  const module = resolution === 'node10' ? ['commonjs', '--ignoreDeprecations', '6.0'] : [resolution];
  const options = [
    '--ignoreConfig',
    '--strict',
    '--noEmit',
    '--skipLibCheck',
    '--experimentalDecorators',
    '--emitDecoratorMetadata',
  ];
  const types = ['--target', 'es2022', '--types', 'node', '--strictPropertyInitialization', 'false'];
  const how = ['--module', ...module, '--moduleResolution', resolution];
  expect(await run(TSC, ...options, ...types, ...how, 'types.ts')).toBe('');
});

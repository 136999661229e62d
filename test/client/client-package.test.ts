import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { build } from 'esbuild';
import { addFeatures, addRollout, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const LIBRARIES = ['libs/core', 'libs/client'];
/** What the optional entries need, which their users have. */
const PEERS = ['@nestjs/common', 'rxjs', 'reflect-metadata', '@openfeature/server-sdk', '@openfeature/core'];
const ENTRIES: readonly (readonly [entry: string, name: string])[] = [
  ['@heksher/client', 'HeksherClient'],
  ['@heksher/client/testing', 'StubHeksher'],
  ['@heksher/client/nest', 'HeksherModule'],
  ['@heksher/client/openfeature', 'HeksherProvider'],
];

const PROGRAM = `
const size = setting('cache_size', { type: 'int', configurableFeatures: ['account', 'user', 'theme'], defaultValue: 60 });
async function main(): Promise<void> {
  const client = await HeksherClient.start({ url: URL_OF_SERVICE, settings: [size], onMissingFeature: 'resolve' });
  const value: number = size.get({ user: 'guest' });
  console.log(value, size.get({ user: 'ann@example.com' }), size.get({ user: 'bob' }));
  await client.close();
}
void main();
`;
const PRINTED = '10 7 60\n';
const GLOBALS = 'declare const console: { log(...values: unknown[]): void };\n';

// npm and the compiler take their time where others work too.
jest.setTimeout(240_000);

const api = useService();
let folder: string;
beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRollout(api.call, 'cache_size', { pattern: '@example\\.com$', value: 7 });
  folder = await mkdtemp(join(tmpdir(), 'heksher-client-'));
  await writeFile(join(folder, 'package.json'), '{"private": true}');
  await install([...LIBRARIES, ...(await dependenciesOf(LIBRARIES))]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('has what it needs to be read and debugged, and no tests', async () => {
  for (const name of ['core', 'client']) {
    const installed = join(folder, 'node_modules/@heksher', name);
    const files = (await readdir(installed, { recursive: true })).map(String);
    expect(files.filter((file) => /\.test\.|tsbuildinfo|^docs/.test(file))).toEqual([]);
    const maps = files.filter((file) => file.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(10);
    for (const map of maps) {
      const { sources } = JSON.parse(await readFile(join(installed, map), 'utf8')) as { sources: string[] };
      const missing = sources.filter((source) => !files.includes(join(dirname(map), source)));
      expect({ map, missing }).toEqual({ map, missing: [] });
    }
  }
  const readme = await readFile(join(folder, 'node_modules/@heksher/client/README.md'), 'utf8');
  expect(readme).toContain('# @heksher/client');
});

it.each([
  ['an ES module', 'mts', false],
  ['CommonJS', 'cts', true],
])('works from %s, with its types, and brings no framework along', async (_, extension, isRequired) => {
  const imports = `import { HeksherClient, setting } from '@heksher/client';\n${GLOBALS}`;
  await writeFile(join(folder, `program.${extension}`), imports + programFor(api.url()));
  await compile(`program.${extension}`);
  const script = `program.${extension.replace('t', 'j')}`;
  expect((await readFile(join(folder, script), 'utf8')).includes('require("@heksher/client")')).toBe(isRequired);
  expect(await run(process.execPath, [script])).toBe(PRINTED);
  expect((await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
    '@heksher',
    're2js',
  ]);
});

it('is bundled for browsers without any module of Node, the engine for patterns apart', async () => {
  await writeFile(
    join(folder, 'page.ts'),
    `import { HeksherClient, setting } from '@heksher/client';\n${programFor(api.url())}`,
  );
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: ['page.ts'],
    bundle: true,
    format: 'esm',
    splitting: true,
    minify: true,
    platform: 'browser',
    outdir: 'page',
    outExtension: { '.js': '.mjs' },
    metafile: true,
  });
  const page = metafile.outputs['page/page.mjs'];
  const others = (page?.imports ?? []).filter(({ kind }) => kind !== 'dynamic-import');
  const atFirst = [page, ...others.map(({ path }) => metafile.outputs[path])];
  expect(atFirst.flatMap((output) => Object.keys(output?.inputs ?? {})).filter((path) => /re2/.test(path))).toEqual([]);
  expect(Object.keys(metafile.inputs).some((path) => path.includes('re2js'))).toBe(true);
  expect(await run(process.execPath, ['page/page.mjs'])).toBe(PRINTED);
});

describe('with what they are made for', () => {
  beforeAll(async () => install([...PEERS, ...(await dependenciesOf(PEERS.map(folderOf)))].map(folderOf)));

  it.each(ENTRIES)('%s gives %s to ES modules and to CommonJS, the same', async (entry, name) => {
    const program = `
      import { createRequire } from 'node:module';
      import 'reflect-metadata';
      import { ${name} } from '${entry}';
      console.log(createRequire(import.meta.url)('${entry}').${name} === ${name}, typeof ${name});
    `;
    await writeFile(join(folder, 'entry.mjs'), program);
    expect(await run(process.execPath, ['entry.mjs'])).toBe('true function\n');
  });

  it('have types that fit those of their frameworks', async () => {
    const program = `
      import { HeksherClient, setting } from '@heksher/client';
      import { HeksherModule } from '@heksher/client/nest';
      import { HeksherProvider } from '@heksher/client/openfeature';
      import { StubHeksher } from '@heksher/client/testing';
      import { type DynamicModule } from '@nestjs/common';
      import { OpenFeature } from '@openfeature/server-sdk';
      type Request = { headers: Record<string, string>; user: { id: string } };
      const size = setting('size', { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });
      export const module: DynamicModule = HeksherModule.forRoot({
        url: 'http://localhost',
        requestContext: (request: Request) => ({ user: request.user.id }),
      });
      OpenFeature.setProvider(new HeksherProvider(() => HeksherClient.start({ url: '', settings: [size] })));
      new StubHeksher().set(size, 1);
      // @ts-expect-error another type
      new StubHeksher().set(size, '1');
    `;
    await writeFile(join(folder, 'types.mts'), program);
    await compile('types.mts', '--noEmit', '--skipLibCheck');
  });
});

function programFor(url: string): string {
  return PROGRAM.replace('URL_OF_SERVICE', JSON.stringify(url));
}

function compile(file: string, ...options: readonly string[]): Promise<string> {
  const all = ['--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--module', 'nodenext'];
  return run(process.execPath, [TSC, ...all, ...options, file]);
}

async function run(file: string, args: readonly string[]): Promise<string> {
  const running = promisify(execFile)(file, [...args], { cwd: folder });
  return (
    await running.catch(({ stdout, stderr }: Record<string, string>) => {
      throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`);
    })
  ).stdout;
}

/** Packs these folders of this repository, and installs the packages: npm needs no registry. */
async function install(folders: Iterable<string>): Promise<void> {
  const paths = Array.from(folders, (path) => join(ROOT, path));
  const packed = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, ...paths]);
  const archives = packed
    .trim()
    .split('\n')
    .map((name) => `./${name}`);
  const quiet = ['--silent', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
  await run('npm', ['install', ...quiet, ...archives]);
}

function folderOf(name: string): string {
  return name.startsWith('node_modules/') ? name : `node_modules/${name}`;
}

/** The folders of all that these packages depend on, and of what that does. */
async function dependenciesOf(packages: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const open = [...packages];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const text = await readFile(join(ROOT, path, 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    for (const name of Object.keys(dependencies)) {
      const folder = folderOf(name);
      if (name.startsWith('@heksher/') || found.has(folder)) continue;
      found.add(folder);
      open.push(folder);
    }
  }
  return found;
}

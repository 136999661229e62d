import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { build } from 'esbuild';
import { addFeatures, addRollout, addRule, declare } from '../support/service/service.js';
import { assertPackageIsWhole, makeProject, type Project, TSC } from '../support/project.js';
import { useService } from '../support/service/use-service.js';

const LIBRARIES = ['libs/core', 'libs/client'];
/** What the optional entries need, which their users have. */
const PEERS = ['@nestjs/common', 'rxjs', 'reflect-metadata', '@openfeature/server-sdk', '@openfeature/core'].map(
  (name) => `node_modules/${name}`,
);
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
let project: Project;
beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRollout(api.call, 'cache_size', { pattern: '@example\\.com$', value: 7 });
  project = await makeProject();
  await project.install(LIBRARIES);
});
afterAll(() => project.remove());

it('has what it needs to be read and debugged, and no tests', async () => {
  for (const name of ['@heksher/core', '@heksher/client']) await assertPackageIsWhole(project, name);
  expect(await project.read('node_modules/@heksher/client/README.md')).toContain('# @heksher/client');
});

it.each([
  ['an ES module', 'mts', false],
  ['CommonJS', 'cts', true],
])('works from %s, with its types, and brings no framework along', async (_, extension, isRequired) => {
  const imports = `import { HeksherClient, setting } from '@heksher/client';\n${GLOBALS}`;
  await project.write(`program.${extension}`, imports + programFor(api.url()));
  await compile(`program.${extension}`);
  const script = `program.${extension.replace('t', 'j')}`;
  expect((await project.read(script)).includes('require("@heksher/client")')).toBe(isRequired);
  expect(await project.node(script)).toBe(PRINTED);
  expect((await readdir(join(project.folder, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
    '@heksher',
    're2js',
  ]);
});

it('is bundled for browsers without any module of Node, the engine for patterns apart', async () => {
  await project.write('page.ts', `import { HeksherClient, setting } from '@heksher/client';\n${programFor(api.url())}`);
  const { metafile } = await build({
    absWorkingDir: project.folder,
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
  expect(await project.node('page/page.mjs')).toBe(PRINTED);
});

describe('with what they are made for', () => {
  beforeAll(() => project.install(PEERS));

  it.each(ENTRIES)('%s gives %s to ES modules and to CommonJS, the same', async (entry, name) => {
    const program = `
      import { createRequire } from 'node:module';
      import 'reflect-metadata';
      import { ${name} } from '${entry}';
      console.log(createRequire(import.meta.url)('${entry}').${name} === ${name}, typeof ${name});
    `;
    await project.write('entry.mjs', program);
    expect(await project.node('entry.mjs')).toBe('true function\n');
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
    await project.write('types.mts', program);
    await compile('types.mts', '--noEmit', '--skipLibCheck');
  });
});

function programFor(url: string): string {
  return PROGRAM.replace('URL_OF_SERVICE', JSON.stringify(url));
}

function compile(file: string, ...options: readonly string[]): Promise<string> {
  const all = ['--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--module', 'nodenext'];
  return project.node(TSC, ...all, ...options, file);
}

import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { makeProject, type Project, ROOT, TSC } from '../support/project.js';
import { addFeatures, addRollout, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

/** The libraries in projects of all kinds: what each resolution of TypeScript finds, CommonJS, Jest as it is installed. */
const LIBRARIES = ['libs/core', 'libs/client', 'libs/rollout'];
const PEERS = ['@nestjs/common', 'rxjs', 'reflect-metadata', '@openfeature/server-sdk', '@openfeature/core'];

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
  await project.install([...LIBRARIES, ...PEERS.map((name) => `node_modules/${name}`)]);
});
afterAll(() => project.remove());

const SETTING = `setting('cache_size', { type: 'int', configurableFeatures: ['account', 'user', 'theme'], defaultValue: 60 })`;

describe('TypeScript', () => {
  const PROGRAM = `
    import { HeksherClient, setting } from '@heksher/client';
    import { HeksherModule } from '@heksher/client/nest';
    import { HeksherProvider } from '@heksher/client/openfeature';
    import { StubHeksher } from '@heksher/client/testing';
    import { parseSettingType } from '@heksher/core';
    import { compilePattern } from '@heksher/core/re2';
    import { MemoryBackend, Rollout } from '@heksher/rollout';
    const size = ${SETTING};
    export const value: number = size.get({ user: 7 });
    export const all = [
      HeksherModule.forRoot({ url: 'http://localhost', settings: [size] }),
      new HeksherProvider(() => HeksherClient.start({ url: 'http://localhost' })),
      new StubHeksher({ contextFeatures: ['user'] }),
      parseSettingType('int').kind,
      compilePattern('a+').test,
      new Rollout(new MemoryBackend()),
    ];
    // Each of them is known, and not merely anything:
    // @ts-expect-error
    HeksherClient.begin();
    // @ts-expect-error
    HeksherModule.begin();
    // @ts-expect-error
    HeksherProvider.begin();
    // @ts-expect-error
    StubHeksher.begin();
    // @ts-expect-error
    parseSettingType(7);
    // @ts-expect-error
    compilePattern(7);
    // @ts-expect-error
    Rollout.begin();
  `;

  it.each([
    ['node10', 'ts', ['--module', 'commonjs', '--ignoreDeprecations', '6.0']],
    ['node16', 'ts', ['--module', 'node16']],
    ['node16', 'mts', ['--module', 'node16']],
    ['nodenext', 'ts', ['--module', 'nodenext']],
    ['nodenext', 'mts', ['--module', 'nodenext']],
    ['bundler', 'ts', ['--module', 'esnext']],
  ])('with moduleResolution %s finds all entries from a .%s file, with %j', async (resolution, extension, options) => {
    await project.write(`program.${extension}`, PROGRAM);
    const all = ['--strict', '--noEmit', '--skipLibCheck', '--target', 'es2022', '--lib', 'es2022,dom'];
    expect(await project.node(TSC, ...all, ...options, '--moduleResolution', resolution, `program.${extension}`)).toBe(
      '',
    );
  });

  it('says of what is wrong with a setting what is accepted', async () => {
    await project.write(
      'wrong.mts',
      `import { setting } from '@heksher/client';
      const user = { configurableFeatures: ['user'] } as const;
      setting('a', { ...user, type: 'integer', defaultValue: 1 });
      setting('a-b', { ...user, type: 'int', defaultValue: 1 });
      setting('a', { ...user, type: 'int', defaultValue: 1, version: '1' });
      setting('a', { ...user, type: 'int', defaultValue: 1.5 });`,
    );
    const compiling = project.node(TSC, '--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext', 'wrong.mts');
    const { message } = await compiling.then(
      () => new Error('it compiles'),
      (error: unknown) => error as Error,
    );
    expect(message.match(/^wrong.*$/gm)).toEqual([
      expect.stringMatching(/integer\\" is not a setting type; accepted: int, float, str, bool, Enum\[/),
      expect.stringMatching(/a-b\\" is not a setting name; accepted: letters of a-z and A-Z, digits, \\"_\\" and/),
      expect.stringMatching(/\\"1\\" is not a version; accepted: MAJOR.MINOR, such as \\"1.0\\"/),
      expect.stringMatching(/"1.5 is not an int; accepted: whole numbers"/),
    ]);
  });
});

it('Jest as it is installed, which knows CommonJS only, runs tests with all of it', async () => {
  await project.write(
    'all.test.js',
    `
    const { HeksherClient, setting } = require('@heksher/client');
    const { HeksherProvider } = require('@heksher/client/openfeature');
    const { StubHeksher } = require('@heksher/client/testing');
    const { compilePattern } = require('@heksher/core/re2');
    const { MemoryBackend, Rollout } = require('@heksher/rollout');
    const size = ${SETTING};
    test('a client', async () => {
      const client = await HeksherClient.start({ url: '${api.url()}', settings: [size], onMissingFeature: 'resolve' });
      const ambient = await client.withContext({ user: 'guest' }, async () => size.get());
      expect([ambient, size.get({ user: 'ann@example.com' }), size.get({ user: 'bob' })]).toEqual([10, 7, 60]);
      await client.close();
    });
    test('a stub', () => {
      const stub = new StubHeksher();
      stub.set(size, 1);
      expect(size.get()).toBe(1);
      stub.restore();
    });
    test('the rest', async () => {
      expect(compilePattern('a+').test('baa')).toBe(true);
      expect(new HeksherProvider(() => undefined).metadata.name).toBe('heksher');
      const rollout = new Rollout(new MemoryBackend());
      await rollout.addFunc('f', { percentage: 100 });
      expect(await rollout.isEnabled('f', 'ann')).toBe(true);
    });
    `,
  );
  await project.node(join(ROOT, 'node_modules/jest/bin/jest.js'), '--rootDir', '.');
});

it('a program of CommonJS, and an ES module, of Node share one copy', async () => {
  const names = [
    'client',
    'client/testing',
    'client/openfeature',
    'core',
    'core/re2',
    'rollout',
    'client/package.json',
  ];
  await project.write(
    'required.cjs',
    `module.exports = ${JSON.stringify(names)}.map((name) => require('@heksher/' + name));`,
  );
  await project.write(
    'one.mjs',
    `
    import required from './required.cjs';
    const names = ${JSON.stringify(names.slice(0, -1))};
    const imported = await Promise.all(names.map((name) => import('@heksher/' + name)));
    const own = (module) => Object.values(module).find((value) => typeof value === 'function');
    console.log(imported.map((module, index) => own(module) === own(required[index])).join(), required.at(-1).name);
    `,
  );
  expect(await project.node('one.mjs')).toBe('true,true,true,true,true,true @heksher/client\n');
});

it('a fresh clone packs what it has to build first', async () => {
  const clone = join(project.folder, 'clone');
  await mkdir(join(clone, 'node_modules/@heksher'), { recursive: true });
  await cp(join(ROOT, 'tsconfig.base.json'), join(clone, 'tsconfig.base.json'));
  const isSource = (path: string) => !/\/(dist|node_modules)(\/|$)|\.tsbuildinfo$/.test(path.slice(ROOT.length));
  await cp(join(ROOT, 'libs'), join(clone, 'libs'), { recursive: true, filter: isSource });
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name !== '@heksher') await symlink(join(ROOT, 'node_modules', name), join(clone, 'node_modules', name));
  }
  for (const path of LIBRARIES) {
    await symlink(join(clone, path), join(clone, 'node_modules/@heksher', path.slice('libs/'.length)));
  }
  for (const path of ['libs/client', 'libs/core']) {
    const packed = await project.run('npm', ['pack', '--json', '--dry-run', join(clone, path)]);
    const [{ files = [] } = {}] = JSON.parse(packed.slice(packed.indexOf('['))) as { files?: { path: string }[] }[];
    const paths = files.map((file) => file.path);
    for (const entry of [
      'dist/index.js',
      'dist/index.d.ts',
      'cjs/dist/index.js',
      'cjs/dist/index.d.ts',
      'cjs/package.json',
    ]) {
      expect(paths).toContain(entry);
    }
  }
});

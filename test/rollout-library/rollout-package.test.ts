import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const LIBRARIES = ['libs/core', 'libs/rollout'];

const PROGRAM = `
class Service {
  calls = 0;
  @rollout.check('cdc_on', 1)
  async execute(user: string): Promise<number> {
    this.calls += 1;
    return user.length;
  }
}
async function main(): Promise<void> {
  await rollout.addFunc('cdc_on', { percentage: 0, check: (user: { id: number }) => user.id });
  await rollout.register('cdc_on', /01$/);
  const service = new Service();
  const length: number = await service.execute('444401');
  const sum: (a: string, b: number) => Promise<string> = rollout.check('cdc_on', 1)((a: string, b: number) => a + b);
  const refused = await service.execute('44488').catch((error: unknown) => error instanceof CallRefusedError && error.unit);
  console.log(JSON.stringify([length, await sum('01', 1), refused, service.calls, await rollout.isEnabled('cdc_on', { id: 701 })]));
}
void main();
`;
const PRINTED = '[6,"011","44488",1,true]\n';
const NAMES = 'Rollout, MemoryBackend, CallRefusedError, RedisBackend, HeksherBackend';
const MAKE = `
declare const console: { log(text: string): void };
const rollout = new Rollout(new MemoryBackend());
new Rollout(new RedisBackend({ url: 'redis://127.0.0.1' }), { onError: (error) => error.code === 'unavailable' });
new Rollout(new HeksherBackend({ url: 'http://127.0.0.1' }), { onError: 'disabled' });
`;

// The compiler takes its time where others work too.
jest.setTimeout(120_000);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-package-'));
  await writeFile(join(folder, 'package.json'), '{"private": true}');
  const packages = [...LIBRARIES, ...(await dependenciesOf(LIBRARIES))].map((path) => join(ROOT, path));
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, ...packages]);
  const archives = (await readdir(folder)).filter((name) => name.endsWith('.tgz')).map((name) => `./${name}`);
  await run('npm', ['install', '--silent', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', ...archives]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('has what it needs to be read and debugged, and no tests', async () => {
  for (const name of ['core', 'rollout']) {
    const installed = join(folder, 'node_modules/@heksher', name);
    const files = (await readdir(installed, { recursive: true })).map(String);
    expect(files.filter((file) => /\.test\.|tsbuildinfo/.test(file))).toEqual([]);
    const maps = files.filter((file) => file.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(10);
    for (const map of maps) {
      const { sources } = JSON.parse(await readFile(join(installed, map), 'utf8')) as { sources: string[] };
      const missing = sources.filter((source) => !files.includes(join(dirname(map), source)));
      expect({ map, missing }).toEqual({ map, missing: [] });
    }
  }
  expect(await readFile(join(folder, 'node_modules/@heksher/rollout/README.md'), 'utf8')).toContain(
    '# @heksher/rollout',
  );
});

it.each([
  ['an ES module', 'mts', `import { ${NAMES} } from '@heksher/rollout';`, []],
  ['CommonJS', 'cts', `import { ${NAMES} } from '@heksher/rollout';`, []],
  [
    'an ES module with legacy decorators',
    'mts',
    `import { ${NAMES} } from '@heksher/rollout';`,
    ['--experimentalDecorators'],
  ],
])('works from %s, with its types', async (_, extension, imports, flags) => {
  await writeFile(join(folder, `program.${extension}`), imports + MAKE + PROGRAM);
  const options = ['--strict', '--target', 'es2022', '--module', 'nodenext', ...flags];
  await run(process.execPath, [TSC, ...options, `program.${extension}`]);
  const script = await readFile(join(folder, `program.${extension.replace('t', 'j')}`), 'utf8');
  expect(script.includes('require("@heksher/rollout")')).toBe(extension === 'cts');
  expect(await run(process.execPath, [`program.${extension.replace('t', 'j')}`])).toBe(PRINTED);
});

it('refuses by its types to decorate a method that is not async', async () => {
  const program = `class A { @rollout.check('a') run(): number { return 1; } }`;
  await writeFile(join(folder, 'wrong.mts'), `import { ${NAMES} } from '@heksher/rollout';${MAKE}${program}`);
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext'];
  await expect(run(process.execPath, [TSC, ...options, 'wrong.mts'])).rejects.toMatchObject({
    stdout: expect.stringMatching(/^wrong\.mts.+not assignable/) as string,
  });
});

async function run(file: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(file, [...args], { cwd: folder })).stdout;
}

/** The folders of all that these packages depend on, and of what that does: with them npm needs no registry. */
async function dependenciesOf(packages: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const open = [...packages];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const text = await readFile(join(ROOT, path, 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    for (const name of Object.keys(dependencies)) {
      const folder = `node_modules/${name}`;
      if (name.startsWith('@heksher/') || found.has(folder)) continue;
      found.add(folder);
      open.push(folder);
    }
  }
  return found;
}

import { jest } from '@jest/globals';
import { assertPackageIsWhole, makeProject, type Project, TSC } from '../support/project.js';

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

let project: Project;
beforeAll(async () => {
  project = await makeProject();
  await project.install(LIBRARIES);
});
afterAll(() => project.remove());

it('has what it needs to be read and debugged, and no tests', async () => {
  for (const name of ['@heksher/core', '@heksher/rollout']) await assertPackageIsWhole(project, name);
  expect(await project.read('node_modules/@heksher/rollout/README.md')).toContain('# @heksher/rollout');
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
  await project.write(`program.${extension}`, imports + MAKE + PROGRAM);
  const options = ['--strict', '--target', 'es2022', '--module', 'nodenext', ...flags];
  await project.node(TSC, ...options, `program.${extension}`);
  const script = await project.read(`program.${extension.replace('t', 'j')}`);
  expect(script.includes('require("@heksher/rollout")')).toBe(extension === 'cts');
  expect(await project.node(`program.${extension.replace('t', 'j')}`)).toBe(PRINTED);
});

it('refuses by its types to decorate a method that is not async', async () => {
  const program = `class A { @rollout.check('a') run(): number { return 1; } }`;
  await project.write('wrong.mts', `import { ${NAMES} } from '@heksher/rollout';${MAKE}${program}`);
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext'];
  await expect(project.node(TSC, ...options, 'wrong.mts')).rejects.toThrow(/^wrong\.mts.+not assignable/m);
});

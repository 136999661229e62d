import { readdir } from 'node:fs/promises';
import { REPOSITORY } from '../support/repository.js';
import { consoleCommands, readPage, runCommand } from '../support/service/console-commands.js';
import { startTestService } from '../support/service/service.js';

/** A page with examples to type in, and the environment that it starts Heksher with. */
type ExamplePage = Readonly<{ path: string; text: string; env: Readonly<Record<string, string>> }>;

const pages: ExamplePage[] = [];
beforeAll(async () => {
  const paths = ['README.md', ...(await readdir(`${REPOSITORY}docs`)).map((name) => `docs/${name}`)];
  for (const path of paths.filter((name) => name.endsWith('.md'))) {
    const text = await readPage(path);
    if (consoleCommands(text).length > 0) pages.push({ path, text, env: environmentOf(text) });
  }
});

/** The variables of the first block that starts Heksher. */
function environmentOf(text: string): Readonly<Record<string, string>> {
  const [, line] = /^```sh\n(.*npm start)$/m.exec(text) ?? [];
  if (line === undefined) throw new Error('the page has examples, but does not say how to start Heksher for them');
  return Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]));
}

it('each page with examples starts a Heksher that has met no other page', () => {
  expect(pages.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'README.md',
      'docs/evaluation.md',
      'docs/openfeature.md',
      'docs/rollouts.md',
      'docs/writing.md',
    ]),
  );
  const folders = pages.map(({ env }) => env['HEKSHER_DATA_DIR']);
  expect(new Set(folders).size).toBe(pages.length);
});

it.each([
  ['in their order', (paths: ExamplePage[]) => paths],
  ['backwards', (paths: ExamplePage[]) => paths.toReversed()],
])('the examples of all pages print what the pages say, %s', async (_order, ordered) => {
  for (const { path, text, env } of ordered(pages)) {
    const service = await startTestService(env);
    for (const { line, output } of consoleCommands(text)) {
      expect({ path, line, output: await runCommand(service, line) }).toEqual({ path, line, output });
    }
    await service.stop();
  }
});

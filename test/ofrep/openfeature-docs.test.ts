import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { consoleCommands, readPage, runCommand } from '../support/service/console-commands.js';
import { findChromium, launchChromium } from '../../bench/src/chromium.js';
import { until } from '../support/service/until.js';
import { startTestService, type TestService } from '../support/service/service.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LOCAL = 'http://localhost:8080';

/** The page, its programs by the heading they stand under, and what it says that they print. */
let page: string;
let pages: Server;
let service: TestService;
/** A folder below the repository, where programs find their packages. */
let folder: string;

beforeAll(async () => {
  page = await readPage('docs/openfeature.md');
  pages = createServer((_request, response) =>
    response.setHeader('Content-Type', 'text/html').end('<title>app</title>'),
  );
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  service = await startTestService({ HEKSHER_TARGETING_FEATURE: 'user', HEKSHER_CORS_ORIGINS: originOf(pages) });
  folder = await mkdtemp(join(ROOT, 'node_modules/.openfeature-'));
});
afterAll(async () => {
  await service.stop();
  await promisify(pages.close.bind(pages))();
  await rm(folder, { recursive: true, force: true });
});

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The program under a heading, made to ask the service of this test, and what it prints. */
function programUnder(heading: string): Readonly<{ code: string; output: string }> {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const [, code = ''] = /^```js\n([\s\S]*?)^```$/m.exec(section) ?? [];
  const [, output = ''] = /^```text\n([\s\S]*?)^```$/m.exec(section) ?? [];
  expect(code).toContain(LOCAL);
  return { code: code.replaceAll(LOCAL, service.url), output };
}

it('the page does what it says', async () => {
  const commands = consoleCommands(page);
  expect(commands.length).toBeGreaterThanOrEqual(9);
  for (const { line, output } of commands) {
    expect({ line, output: await runCommand(service, line) }).toEqual({ line, output });
  }
  await serverProgramPrintsWhatThePageSays();
  await browserProgramPrintsWhatThePageSays();
});

async function serverProgramPrintsWhatThePageSays(): Promise<void> {
  const { code, output } = programUnder('On a server');
  const file = join(folder, 'server.mjs');
  await writeFile(file, code);
  expect((await promisify(execFile)(process.execPath, [file])).stdout).toBe(output);
}

/** As a bundle in a page of another origin; where there is no browser, it is only made. */
async function browserProgramPrintsWhatThePageSays(): Promise<void> {
  const { code, output } = programUnder('In a browser');
  const stdin = { contents: code, resolveDir: folder };
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', write: false, logLevel: 'silent' });
  const chromium = findChromium();
  if (chromium === undefined) return;
  const browser = await launchChromium(chromium);
  try {
    const tab = await browser.newPage();
    let printed = '';
    tab.on('console', (message) => (printed += `${message.text()}\n`));
    tab.on('pageerror', (error) => (printed += `${error.message}\n`));
    await tab.goto(originOf(pages));
    await tab.addScriptTag({ content: outputFiles[0]?.text ?? '', type: 'module' });
    await until('the program to print', () => printed.length >= output.length);
    expect(printed).toBe(output);
  } finally {
    await browser.close();
  }
}

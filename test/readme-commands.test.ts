import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTestService, type TestService } from './support/service.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

type Command = Readonly<{ line: string; output: string }>;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

it('the commands of the README print what the README says, in its order', async () => {
  const commands = consoleCommands(await readFile(`${ROOT}/README.md`, 'utf8'));
  expect(commands.length).toBeGreaterThanOrEqual(12);
  for (const { line, output } of commands) {
    expect({ line, output: await run(words(line)) }).toEqual({ line, output });
  }
});

/** The lines after `$ ` in the console blocks, each with what stands below it. */
function consoleCommands(markdown: string): readonly Command[] {
  const blocks = [...markdown.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((command) => {
        const [line = '', ...output] = command.trimEnd().split('\n');
        return { line, output: output.join('\n') };
      }),
  );
}

/** The words of a command line as a shell takes them, of which the README uses single quotes only. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

async function run([program, ...args]: readonly string[]): Promise<string> {
  if (program === 'curl') return curl(args);
  if (program !== 'node') throw new Error(`the README uses "${program}", which this test does not know`);
  const env = { ...process.env, HEKSHER_URL: service.url };
  return (await promisify(execFile)(process.execPath, args, { cwd: ROOT, env })).stdout.trimEnd();
}

/** What `curl -s URL` or `curl -s URL -d BODY` prints. */
async function curl(args: readonly string[]): Promise<string> {
  const [silent, url = '', flag, body, ...rest] = args;
  if (silent !== '-s' || (flag !== undefined && flag !== '-d') || rest.length > 0) {
    throw new Error(`the README uses curl in a way this test does not know: ${args.join(' ')}`);
  }
  const path = url.replace(/^localhost:8080/, '');
  return (await service.call(body === undefined ? 'GET' : 'POST', path, { body })).text;
}

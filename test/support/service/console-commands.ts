import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { REPOSITORY } from '../repository.js';
import { type TestService } from './service.js';

/** A command line of a page, and what the page says it prints. */
export type Command = Readonly<{ line: string; output: string }>;

/** The text of a page of the repository, such as `docs/openfeature.md`. */
export function readPage(path: string): Promise<string> {
  return readFile(REPOSITORY + path, 'utf8');
}

/** The lines after `$ ` in the console blocks of a page, each with what stands below it. */
export function consoleCommands(markdown: string): readonly Command[] {
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

/** What a command line prints when the service it asks is this one. */
export async function runCommand(service: TestService, line: string): Promise<string> {
  const [program, ...args] = words(line);
  if (program === 'curl') return curl(service, args);
  if (program !== 'node') throw new Error(`the page uses "${program}", which this test does not know`);
  const env = { ...process.env, HEKSHER_URL: service.url };
  return (await promisify(execFile)(process.execPath, args, { cwd: REPOSITORY, env })).stdout.trimEnd();
}

/** The words of a command line as a shell takes them, of which the pages use single quotes only. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

/** What `curl -s [-o /dev/null -w '%{http_code}\\n'] [-X METHOD] URL [-H HEADER]… [-d BODY]` prints. */
async function curl({ call }: TestService, args: readonly string[]): Promise<string> {
  const [silent, ...rest] = args;
  const isStatusOnly = rest[0] === '-o' && rest.splice(0, 4).join(' ') === STATUS_ONLY;
  const method = rest[0] === '-X' ? rest.splice(0, 2)[1] : undefined;
  const [url = ''] = rest.splice(0, 1);
  const headers: Record<string, string> = {};
  while (rest[0] === '-H') {
    const [, name = '', value = ''] = /^([\w-]+): (.*)$/.exec(rest.splice(0, 2)[1] ?? '') ?? [];
    headers[name] = value;
  }
  const [flag, body, ...more] = rest;
  if (silent !== '-s' || (flag !== undefined && flag !== '-d') || more.length > 0) {
    throw new Error(`the page uses curl in a way this test does not know: ${args.join(' ')}`);
  }
  const path = url.replace(/^localhost:8080/, '');
  const { status, text } = await call(method ?? (body === undefined ? 'GET' : 'POST'), path, { body, headers });
  return isStatusOnly ? String(status) : text;
}

const STATUS_ONLY = '-o /dev/null -w %{http_code}\\n';

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { printed, start } from '../processes.js';
import { type Scope } from '../scope.js';
import { type Load, type LoadGenerator, type Sustained } from './load.js';

/** What it posts comes from the file of that name. */
const scriptToPost = (file: string): string => `
wrk.method = "POST"
wrk.body = io.open("${file}"):read("*a")`;

/** Without paths wrk repeats one request, which costs it least. With paths it goes through the file that names them. */
const SCRIPT = `
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("sum %d %d %d %d %d\\n", summary.requests, summary.duration, summary.bytes,
                         e.connect + e.read + e.write + e.timeout, e.status))
end`;

const SCRIPT_WITH_PATHS = `${SCRIPT}
local requests, at = {}, 0
function init(args)
  for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format(nil, path) end
end
function request()
  at = at % #requests + 1
  return requests[at]
end`;

/** wrk with one thread, or undefined where it is not installed. Its files go to `folder`. */
export async function findWrk(folder: string): Promise<LoadGenerator | undefined> {
  // It knows -v, says its version, and ends as if it did not.
  const { stdout = '' } = await promisify(execFile)('wrk', ['-v']).catch((error: { stdout?: string }) => error);
  const version = /^wrk (\S+)/.exec(stdout)?.[1];
  if (version === undefined) return undefined;
  return { description: `wrk ${version}, one thread`, run: (scope, load) => runWrk(scope, folder, load) };
}

async function runWrk(scope: Scope, folder: string, load: Load): Promise<Sustained> {
  const { url, paths, headers = {}, body, connections, durationMs } = load;
  const script = join(folder, `${randomUUID()}.lua`);
  const list = `${script}.paths`;
  const posted = `${script}.body`;
  const isOne = typeof paths === 'string';
  await writeFile(script, (isOne ? SCRIPT : SCRIPT_WITH_PATHS) + (body === undefined ? '' : scriptToPost(posted)));
  if (body !== undefined) await writeFile(posted, body);
  if (!isOne) await writeFile(list, paths.join('\n'));
  const seconds = Math.ceil(durationMs / 1_000);
  const child = start(scope, {
    file: 'wrk',
    args: [
      ...['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '10s', '-s', script],
      ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
      ...(isOne ? [`${url}${paths}`] : [url, '--', list]),
    ],
  });
  // It knows whole seconds only; interrupted it sums up what it did so far.
  const cut = setTimeout(() => durationMs % 1_000 > 0 && child.kill('SIGINT'), durationMs);
  const [, ...sums] = await printed(child, /^sum (\d+) (\d+) (\d+) (\d+) (\d+)$/m).finally(() => clearTimeout(cut));
  await Promise.all([script, list, posted].map((file) => rm(file, { force: true })));
  const [requests = 0, micros = 0, bytes = 0, lost = 0, refused = 0] = sums.map(Number);
  if (requests === 0 || lost + refused > 0) {
    throw new Error(`of ${requests} requests to ${url} ${refused} were answered with an error, ${lost} not at all`);
  }
  return { perSecond: requests / (micros / 1e6), bytesPerAnswer: bytes / requests };
}

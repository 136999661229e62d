import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import autocannon from 'autocannon';
import { type Load, type LoadGenerator, type Sustained } from './load.js';

/** autocannon, in this process. It costs more than wrk, which on few cores is at the expense of both sides. */
export async function findAutocannon(): Promise<LoadGenerator> {
  const description = createRequire(import.meta.url).resolve('autocannon/package.json');
  const { version } = JSON.parse(await readFile(description, 'utf8')) as { version: string };
  return { description: `autocannon ${version}`, run: (_scope, load) => runAutocannon(load) };
}

async function runAutocannon({ url, paths, headers = {}, body, connections, durationMs }: Load): Promise<Sustained> {
  const running = autocannon({
    url: typeof paths === 'string' ? `${url}${paths}` : url,
    connections,
    duration: durationMs / 1_000,
    headers,
    ...(body !== undefined && { method: 'POST', body }),
    ...(typeof paths !== 'string' && { requests: [{ setupRequest: inTurn(paths) }] }),
  });
  const { requests, throughput, duration, errors, timeouts, ...rest } = await running;
  const failed = errors + timeouts + rest['4xx'] + rest['5xx'];
  if (requests.total === 0 || failed > 0) throw new Error(`of ${requests.total} requests to ${url} ${failed} failed`);
  return { perSecond: requests.total / duration, bytesPerAnswer: throughput.total / requests.total };
}

function inTurn(paths: readonly string[]): (request: autocannon.Request) => autocannon.Request {
  let at = -1;
  return (request) => {
    at = (at + 1) % paths.length;
    return { ...request, path: paths[at] };
  };
}

import { alternate, type Run } from './alternate.js';
import { type Bench } from './bench.js';
import { startYardstick } from './canned-answer.js';
import { type Answer } from './http-client.js';
import { type Comparison } from './statistics.js';

export const CONNECTIONS = 32;

/** How much the bytes of an answer may differ between two servers that shall send the same: runs end in its middle. */
const TOLERANCE = 0.02;

type Server = Readonly<{ url: string }>;

/** One path, asked over and over, and the headers to ask with; a body is posted. */
export type Repeated = Readonly<{ path: string; headers?: Readonly<Record<string, string>>; body?: string }>;

/** Requests per second of two servers that answer a path with the same bytes; it throws where they do not. */
export async function compareRepeated(
  bench: Bench,
  [ours, theirs]: readonly [Server, Server],
  { path, headers = {}, body }: Repeated,
  meanwhile: (run: Run) => Run = (run) => run,
): Promise<Comparison> {
  const bytes: number[] = [];
  const runOn =
    ({ url }: Server): Run =>
    async (durationMs) => {
      const posted = body === undefined ? {} : { body };
      const load = { url, paths: path, headers, ...posted, connections: CONNECTIONS, durationMs };
      const { perSecond, bytesPerAnswer } = await bench.load.run(bench.scope, load);
      bytes.push(bytesPerAnswer);
      return perSecond;
    };
  const comparison = await alternate(bench, meanwhile(runOn(ours)), runOn(theirs));
  if (Math.max(...bytes) > Math.min(...bytes) * (1 + TOLERANCE)) {
    throw new Error(`the two sides sent different answers to ${path}: of ${bytes.map(Math.round).join(', ')} bytes`);
  }
  return comparison;
}

/** The same against a yardstick of the service's answer, which parses the JSON that is posted to it. */
export async function compareWithYardstick(
  bench: Bench,
  service: Server,
  repeated: Repeated & Readonly<{ answer: Answer }>,
  meanwhile?: (run: Run) => Run,
): Promise<Comparison> {
  const yardstick = await startYardstick(bench.scope, repeated.answer, repeated.body !== undefined);
  return compareRepeated(bench, [service, yardstick], repeated, meanwhile);
}

/** Requests per second of two servers asked for the paths of a round, which differ from round to round. */
export function compareDistinct(
  bench: Bench,
  [ours, theirs]: readonly [Server, Server],
  pathsOf: (round: number) => readonly string[],
): Promise<Comparison> {
  const runOn =
    ({ url }: Server): Run =>
    async (durationMs, round) => {
      const load = { url, paths: pathsOf(round), connections: CONNECTIONS, durationMs };
      return (await bench.load.run(bench.scope, load)).perSecond;
    };
  return alternate(bench, runOn(ours), runOn(theirs));
}

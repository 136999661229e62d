import { fileURLToPath } from 'node:url';
import { type Answer } from './http-client.js';
import { printed, start } from './processes.js';
import { type Scope } from './scope.js';

/** What a yardstick sends: headers as name, value, name, value …; the body in base64. */
export type CannedAnswer = Readonly<{
  status: number;
  headers: readonly string[];
  body: string;
  /** Whether each request has a body of JSON, to be parsed before the answer. */
  parsesBodies: boolean;
}>;

const YARDSTICK = fileURLToPath(new URL('yardstick.js', import.meta.url));

/** Those that node:http sends by itself, in both servers. */
const SENT_ANYWAY = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

/** A yardstick that sends what the service sent, to the byte. */
export async function startYardstick(
  scope: Scope,
  answer: Answer,
  parsesBodies = false,
): Promise<Readonly<{ url: string }>> {
  const child = start(scope, { file: process.execPath, args: [YARDSTICK] });
  child.stdin?.write(`${JSON.stringify({ ...can(answer), parsesBodies })}\n`);
  const [, url = ''] = await printed(child, /listening on (\S+)\n/);
  return { url };
}

function can({ status, rawHeaders, body }: Answer): Omit<CannedAnswer, 'parsesBodies'> {
  const headers = rawHeaders.filter((_, index) => !SENT_ANYWAY.has((rawHeaders[index & ~1] ?? '').toLowerCase()));
  return { status, headers, body: body.toString('base64') };
}

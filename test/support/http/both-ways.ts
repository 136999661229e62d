import { noteHeaders } from '../service/secrets.js';
import { exchangeOnce, type RawAnswer } from './raw-http.js';

/** A GET with this header is not plain, so that Express answers it. */
export const EXPRESS_WAY = 'Content-Length: 0';

/** The same of a POST with a body, which this header says is not packed. */
export const EXPRESS_WAY_OF_BODIES = 'Content-Encoding: identity';

/** A body goes with its length. */
export type Request = Readonly<{ method?: string; target: string; headers?: readonly string[]; body?: string }>;

/** One request on a connection of its own that could be used again, as those of clients are, either way. */
export async function ask(
  url: string,
  { method = 'GET', target, headers = [], body }: Request,
  ...more: readonly string[]
): Promise<RawAnswer> {
  noteHeaders(headers.map((header) => [header.split(':', 1)[0] ?? '', header.replace(/^[^:]*: */, '')]));
  const head = [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers, ...more];
  const bytes = body === undefined ? '' : Buffer.from(body).toString('latin1');
  if (body !== undefined) head.push(`Content-Length: ${bytes.length}`);
  return exchangeOnce(url, `${head.join('\r\n')}\r\n\r\n${bytes}`, method !== 'HEAD');
}

const MADE_UP = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What must be equal: all but the time, and a request id that the service made up. */
export function comparable({ statusLine, headers, body }: RawAnswer): object {
  const comparableHeaders = headers.map(([name, value]) => {
    if (name === 'Date' || (name === 'X-Request-Id' && MADE_UP.test(value))) return [name, 'differs'];
    return [name, value];
  });
  return { statusLine, headers: comparableHeaders, body: body.replace(/"request_id":"[^"]*"/, '') };
}

/** The answer to this request, which is the same either way. */
export async function expectAlike(url: string, request: Request): Promise<RawAnswer> {
  const fast = await ask(url, request);
  const slow = await ask(url, request, request.body === undefined ? EXPRESS_WAY : EXPRESS_WAY_OF_BODIES);
  expect(comparable(fast)).toEqual(comparable(slow));
  return fast;
}

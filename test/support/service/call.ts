import supertest, { type Response } from 'supertest';
import { type Answer } from './answer.js';
import { assertAnswerMatchesDocument, describedAnswers } from './openapi.js';
import { noteHeaders } from './secrets.js';

/** Sends one request; rejects with NoAnswer where the connection ends without one. */
export type Call = (
  method: string,
  path: string,
  options?: Readonly<{
    /** An object is sent as JSON, text and bytes as they are; without a Content-Type, as bare clients do, unless `headers` has one. */
    body?: unknown;
    headers?: Readonly<Record<string, string>>;
  }>,
) => Promise<Answer>;

export class NoAnswer extends Error {}

/** Calls of the service at `url`; each answer must be one that the OpenAPI document of this build describes. */
export function caller(url: string): Call {
  return async (method, path, { body, headers = {} } = {}) => {
    noteHeaders(Object.entries(headers));
    const answer = await send(url, method, path, headers, bytesOf(body));
    assertAnswerMatchesDocument(await describedAnswers(), method, path, answer);
    return answer;
  };
}

async function send(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer | undefined,
): Promise<Answer> {
  const { pathname, search } = new URL(url + path);
  const request = new supertest.Test(url, method, pathname + search).set(headers).parse(readText);
  const response = await request
    .serialize((sent: unknown) => sent as string)
    .send(body)
    .catch((cause: unknown) => {
      throw new NoAnswer(`${method} ${path} was not answered`, { cause });
    });
  const text = typeof response.body === 'string' ? response.body : '';
  const isJson = text !== '' && /[/+]json$/.test(response.type);
  return {
    status: response.status,
    headers: new Headers(response.headers),
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** In place of superagent's own reading, which goes by the Content-Type. */
function readText(response: Response, done: (error: Error | null, text: string) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (piece: string) => (text += piece));
  response.on('end', () => done(null, text));
}

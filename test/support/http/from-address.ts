import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export type AnswerFrom = Readonly<{ status: number; headers: Readonly<Record<string, unknown>>; text: string }>;

/** One request on a connection of its own from a local address such as 127.0.0.2, which the service sees as its peer. */
export async function askFrom(
  localAddress: string,
  url: string,
  options: Readonly<{ method?: string; headers?: Readonly<Record<string, string | string[]>>; body?: unknown }> = {},
): Promise<AnswerFrom> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: { ...headers }, localAddress, agent: false }, (response) => {
      const { statusCode: status = 0, headers: given } = response;
      text(response).then((all) => resolve({ status, headers: given, text: all }), reject);
    });
    asked.on('error', reject).end(body === undefined ? undefined : Buffer.from(JSON.stringify(body)));
  });
}

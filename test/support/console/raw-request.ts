import { request } from 'node:http';

/** An answer as it came over the wire: nothing is decompressed. */
export type RawAnswer = Readonly<{
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}>;

/** A GET without headers of its own. */
export function rawRequest(url: string, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers as Record<string, string | undefined>,
          body: Buffer.concat(parts),
        }),
      );
    });
    asking.once('error', reject).end();
  });
}

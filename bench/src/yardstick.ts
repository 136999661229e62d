import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { type CannedAnswer } from './canned-answer.js';

/**
 * The yardstick, a process of its own: a bare node:http server that answers every request with the same bytes, which it
 * reads as a line of JSON from its input. It ends with its input.
 */
const lines = createInterface({ input: process.stdin });
lines.once('line', (line) => {
  const { status, headers, body: encoded } = JSON.parse(line) as CannedAnswer;
  const body = Buffer.from(encoded, 'base64');
  const server = createServer((_request, response) => {
    response.writeHead(status, [...headers]);
    response.end(body.length === 0 ? undefined : body);
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
});
lines.once('close', () => process.exit());

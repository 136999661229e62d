import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { type CannedAnswer } from './canned-answer.js';

/**
 * The yardstick, a process of its own: a bare node:http server that answers every request with the same bytes, which it
 * reads as a line of JSON from its input, and parses the JSON of requests where it is told to. It ends with its input.
 */
const lines = createInterface({ input: process.stdin });
lines.once('line', (line) => {
  const { status, headers, body: encoded, parsesBodies } = JSON.parse(line) as CannedAnswer;
  const body = Buffer.from(encoded, 'base64');
  const server = createServer((request, response) => {
    const answer = (): void => {
      response.writeHead(status, [...headers]);
      response.end(body.length === 0 ? undefined : body);
    };
    if (parsesBodies) parse(request, answer);
    else answer();
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
});
lines.once('close', () => process.exit());

/** The least a server does that wants to know what it is asked. */
function parse(request: IncomingMessage, then: () => void): void {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    JSON.parse(text);
    then();
  });
}

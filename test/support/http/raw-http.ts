import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An answer as it went over the wire; header names keep their spelling and order. */
export type RawAnswer = Readonly<{
  statusLine: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
}>;

/** A connection of its own, on which bytes are sent as they are. */
export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** All that comes until the other side closes. */
export async function readToEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  await once(socket, 'close');
  return text;
}

/** The answer to these bytes, which must ask for the connection to be closed. */
export async function exchange(url: string, request: string): Promise<string> {
  const socket = await openSocket(url);
  const reading = readToEnd(socket);
  socket.write(request, 'latin1');
  return reading;
}

/** The answer to these bytes on a connection that both sides keep open until it has come. */
export async function exchangeOnce(url: string, request: string, hasBody: boolean): Promise<RawAnswer> {
  const socket = await openSocket(url);
  let text = '';
  const whole = new Promise<RawAnswer>((resolve, reject) => {
    const parse = (): void => {
      const [answer] = parseAnswers(text, [hasBody]);
      if (answer !== undefined) resolve(answer);
    };
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
      if (isComplete(text, hasBody)) parse();
    });
    socket.on('close', () => {
      try {
        parse();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
  socket.write(request, 'latin1');
  return whole.finally(() => socket.destroy());
}

function isComplete(text: string, hasBody: boolean): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end + 2))?.[1] ?? 0;
  return text.length >= end + 4 + (hasBody ? Number(length) : 0);
}

/** The answers in these bytes: `hasBody` says of each whether one follows, as none does an answer to HEAD. */
export function parseAnswers(bytes: string, hasBody: readonly boolean[]): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  for (const mayFollow of hasBody) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) throw new Error(`no complete answer in ${JSON.stringify(rest)}`);
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    const length = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0;
    const bodyEnd = end + 4 + (mayFollow ? Number(length) : 0);
    answers.push({ statusLine, headers, body: rest.slice(end + 4, bodyEnd) });
    rest = rest.slice(bodyEnd);
  }
  if (rest !== '') throw new Error(`more than ${hasBody.length} answers: ${JSON.stringify(rest)}`);
  return answers;
}

export function headerOf({ headers }: RawAnswer, name: string): string | undefined {
  return headers.find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1];
}

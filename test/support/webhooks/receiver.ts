import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';

/** A request that came in: `body` is the text that was signed. */
export type Received = Readonly<{ method: string; path: string; headers: IncomingHttpHeaders; body: string }>;

/** Answers a request; nothing is answered unless it does. */
export type Answering = (received: Received, response: ServerResponse, count: number) => void;

const ok: Answering = (_received, response) => void response.writeHead(204).end();

/** What a service needs to send to receivers on this machine, with retries that do not hold tests up. */
export const SENDING = {
  HEKSHER_SECRET_KEY: randomBytes(32).toString('base64'),
  HEKSHER_WEBHOOK_ALLOW: '127.0.0.1',
  HEKSHER_WEBHOOK_RETRIES_S: [
    ...Array.from({ length: 5 }, () => '0.01'),
    ...Array.from({ length: 10 }, () => '0.1'),
  ].join(','),
} as const;

/** A real receiver of webhooks on this machine. */
export class Receiver {
  readonly received: Received[] = [];
  private server: Server | undefined;
  private port = 0;

  /** How it answers from now on. */
  constructor(public answering: Answering = ok) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Listens, on the port it had before where it was stopped. */
  async start(): Promise<this> {
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('error', () => undefined);
      request.on('end', () => {
        const received = {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(pieces).toString('utf8'),
        };
        this.received.push(received);
        this.answering(received, response, this.received.length);
      });
    });
    await once(server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  /** As if it were killed: connections are cut off. */
  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    server.closeAllConnections();
    const closed = once(server, 'close');
    server.close();
    await closed;
    this.server = undefined;
  }
}

export const idOf = ({ headers }: Received): string => String(headers['webhook-id']);

/** The event, verified with the secret by the library of Standard Webhooks, and read by that of CloudEvents; throws where either refuses, or it is not valid. */
export function verified(secret: string, { headers, body }: Received): CloudEvent<Data> {
  new Webhook(secret).verify(body, headers as Record<string, string>);
  const event = HTTP.toEvent<Data>({ headers, body });
  if (Array.isArray(event)) throw new Error('it is a batch');
  return new CloudEvent<Data>(event);
}

/** As much of an event as the tests look at. */
export type Data = Readonly<{ id: string; seq: number; settings: readonly string[]; changes: readonly Change[] }>;
type Change = Readonly<{ kind: string; new: Readonly<{ value?: unknown }> | null }>;

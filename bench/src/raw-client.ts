import { connect, type Socket } from 'node:net';

type Asked = Readonly<{ method?: string; path: string; body?: unknown }>;
type Asking = Readonly<{ resolve: () => void; reject: (error: Error) => void }>;

const END_OF_HEAD = '\r\n\r\n';

/**
 * HTTP over sockets, with what a service needs to be asked and no more. Node's own client takes so long for a request that it would
 * be a fifth of a write that is measured. Answers have a length, or no body.
 */
export class RawClient {
  private readonly idle: RawConnection[] = [];
  private readonly all: RawConnection[] = [];

  constructor(private readonly url: string) {}

  /** Throws where the answer is an error. Each request that is under way has a connection of its own. */
  async send(asked: Asked): Promise<void> {
    const connection = this.idle.pop() ?? this.connect();
    await connection.send(asked);
    this.idle.push(connection);
  }

  close(): void {
    for (const connection of this.all) connection.close();
  }

  private connect(): RawConnection {
    const connection = new RawConnection(new URL(this.url));
    this.all.push(connection);
    return connection;
  }
}

class RawConnection {
  private readonly socket: Socket;
  private received = '';
  private asking: Asking | undefined;
  private readonly head: string;

  constructor({ hostname, port, host }: URL) {
    this.head = `HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: `;
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.setEncoding('latin1').on('data', (text: string) => this.take(text));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the connection was closed')));
  }

  send({ method = 'GET', path, body }: Asked): Promise<void> {
    const text = body === undefined ? '' : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      this.asking = { resolve, reject };
      this.socket.write(`${method} ${path} ${this.head}${Buffer.byteLength(text)}${END_OF_HEAD}${text}`);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(text: string): void {
    this.received += text;
    const end = this.received.indexOf(END_OF_HEAD);
    if (end === -1) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.received.slice(0, end))?.[1] ?? 0);
    if (this.received.length < end + END_OF_HEAD.length + length) return;
    const answer = this.received;
    this.received = '';
    if (!/^HTTP\/1\.1 2/.test(answer)) return this.fail(new Error(`a request was answered ${answer}`));
    this.asking?.resolve();
    this.asking = undefined;
  }

  private fail(error: Error): void {
    this.asking?.reject(error);
    this.asking = undefined;
  }
}

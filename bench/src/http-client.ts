import { Agent, request } from 'node:http';

/** An answer with its headers as they came: name, value, name, value … */
export type Answer = Readonly<{ status: number; rawHeaders: readonly string[]; body: Buffer }>;

type Asked = Readonly<{ method?: string; path: string; body?: unknown; headers?: Readonly<Record<string, string>> }>;

/** Plain node:http, over so many connections at once at most. */
export class HttpClient {
  private readonly agent: Agent;

  /** @param keepAlive false: each request has a connection of its own, none of which is idle until the server closes it */
  constructor(
    private readonly url: string,
    connections: number,
    keepAlive = true,
  ) {
    this.agent = new Agent({ keepAlive, maxSockets: connections });
  }

  /** Throws where the answer is an error. */
  send({ method = 'GET', path, body, headers }: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.url}${path}`, { method, agent: this.agent, headers: { ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, rawHeaders } = response;
          const answer = { status, rawHeaders, body: Buffer.concat(chunks) };
          if (status < 400) resolve(answer);
          else reject(new Error(`${method} ${path} was answered ${status}: ${answer.body.toString()}`));
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

import { createServer, request as ask } from 'node:http';
import { type AddressInfo } from 'node:net';

/** Runs `test` with the address of a gateway that takes `prefix` away from what it passes on, and says nothing of it. */
export async function withPrefix(
  serviceUrl: string,
  prefix: string,
  test: (url: string) => Promise<unknown>,
): Promise<void> {
  const { port } = new URL(serviceUrl);
  const gateway = createServer((request, response) => {
    const path = (request.url ?? '').slice(prefix.length);
    if (request.url?.startsWith(`${prefix}/`) !== true) return response.writeHead(404).end();
    const passed = ask(
      { host: '127.0.0.1', port, method: request.method, path, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    passed.on('error', () => response.destroy());
    request.pipe(passed);
    return undefined;
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  try {
    await test(`http://127.0.0.1:${(gateway.address() as AddressInfo).port}${prefix}`);
  } finally {
    gateway.closeAllConnections();
    await new Promise((resolve) => gateway.close(resolve));
  }
}

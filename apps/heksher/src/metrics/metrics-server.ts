import { once } from 'node:events';
import { createServer } from 'node:http';
import { listen } from '../listen.js';
import { type Logger } from '../modules/logging/index.js';
import { type Metrics } from './metrics.js';

export type MetricsServer = Readonly<{ url: string; close: () => Promise<void> }>;

/** Serves `/metrics` on a port of its own, so that it is neither public by mistake nor behind what guards the API. */
export async function serveMetrics(
  metrics: Metrics,
  address: Readonly<{ host: string | undefined; port: number }>,
  log: Logger,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (path !== '/metrics' || !isRead) {
      response.writeHead(path === '/metrics' ? 405 : 404, { ...(!isRead && { Allow: 'GET, HEAD' }) }).end();
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      (error: unknown) => {
        log.error('metrics cannot be told', { error });
        response.writeHead(500).end();
      },
    );
  });
  const url = await listen(server, address);
  log.info('metrics are served', { url: `${url}/metrics` });
  return {
    url: `${url}/metrics`,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

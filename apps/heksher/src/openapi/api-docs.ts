import { type INestApplication } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { sendBody } from '../http/send-body.js';
import { loadAsset, type Sendable, sendable } from './assets.js';
import { describeService } from './document.js';
import { CONTENT_SECURITY_POLICY, type Page, PAGES, renderPage } from './pages.js';

const FOREVER = 'public, max-age=31536000, immutable';

/** Serve the OpenAPI document at `/openapi.json`, and the pages that show it at `/docs` and `/redoc`. Made when first asked for. */
export function serveDocuments(app: INestApplication): void {
  const http = app.getHttpAdapter();
  const document = once(() => sendable('application/json', JSON.stringify(describeService(app))));
  http.get('/openapi.json', (_request: Request, response: Response) => send(response, document()));
  for (const page of PAGES) servePage(app, page);
  // Relative, so that it leads there below any path prefix.
  http.get('/', (_request: Request, response: Response) => response.redirect(302, 'docs'));
}

function servePage(app: INestApplication, page: Page): void {
  const http = app.getHttpAdapter();
  const load = once(() => Promise.all(page.assets.map(loadAsset)));
  http.get(`/${page.path}`, async (request: Request, response: Response) => {
    // Addresses in the page are relative to the path without a slash at its end.
    if (request.path.endsWith('/')) return response.redirect(308, `../${page.path}`);
    const html = renderPage(
      page,
      (await load()).map(({ version }) => version),
    );
    response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    response.setHeader('Referrer-Policy', 'no-referrer');
    await send(response, sendable('text/html', html));
  });
  page.assets.forEach(({ name }, position) => {
    http.get(`/${page.path}/${name}`, async (request: Request, response: Response) => {
      const asset = (await load())[position];
      // For ever where the address names the version, as it does in the page.
      if (asset !== undefined) await send(response, asset, request.query['v'] === asset.version ? FOREVER : 'no-cache');
    });
  });
}

function send(response: Response, { body, version, contentType }: Sendable, cacheControl = 'no-cache'): Promise<void> {
  response.setHeader('Content-Type', `${contentType}; charset=utf-8`);
  response.setHeader('Cache-Control', cacheControl);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('ETag', `"${version}"`);
  return sendBody(response, body);
}

/** A function that does its work when it is called first; work that fails is done again. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    if (made !== undefined) return made.value;
    const value = make();
    made = { value };
    if (value instanceof Promise) value.catch(() => (made = undefined));
    return value;
  };
}

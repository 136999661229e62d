import { HeksherError } from '@heksher/core';
import { type INestApplication, type Type } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { prefixOf } from '../http/called-by.js';
import { sendBody } from '../http/send-body.js';
import { loadAsset, type Sendable, sendable } from './assets.js';
import { describeService } from './document.js';
import { type DocumentAccess, type LoginEndpoints, UNCONTROLLED } from './document-access.js';
import { contentSecurityPolicy, LOGIN_ASSETS, type Page, pagesWith, renderPage } from './pages.js';

const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Serve the OpenAPI document at `/openapi.json`, and the pages that show it at `/docs` and `/redoc`. Made when first asked for.
 * @param start the page that `/` leads to
 */
export function serveDocuments(
  app: INestApplication,
  models: readonly Type[],
  access: DocumentAccess,
  start: string,
): void {
  const http = app.getHttpAdapter();
  const describe = (login?: LoginEndpoints) =>
    sendable('application/json', JSON.stringify(describeService(app, models, access, login)));
  const withoutLogin = once(() => describe());
  const withLogin = once(async () => describe(await requireLogin(access)));
  http.get('/openapi.json', async (_request: Request, response: Response) => {
    await send(response, await withLogin().catch(withoutLogin));
  });
  const pages = pagesWith(access);
  for (const page of pages) servePage(app, page, pages, page.path === 'docs' ? access : UNCONTROLLED);
  if (access.login !== undefined) serveLoginAssets(app);
  // Relative where no prefix is known, so that it leads there below any.
  http.get('/', (request: Request, response: Response) => {
    const prefix = prefixOf(request);
    response.redirect(302, prefix === '' ? start : `${prefix}/${start}`);
  });
}

/** Rejects where nobody can log in now. */
async function requireLogin({ login, findEndpoints }: DocumentAccess): Promise<LoginEndpoints> {
  const endpoints = login && (await findEndpoints());
  if (endpoints === undefined) throw new HeksherError('unavailable', 'nobody can log in here');
  return endpoints;
}

function servePage(app: INestApplication, page: Page, pages: readonly Page[], access: DocumentAccess): void {
  const http = app.getHttpAdapter();
  const load = once(() => Promise.all(page.assets.map(loadAsset)));
  http.get(`/${page.path}`, async (request: Request, response: Response) => {
    // Addresses in the page are relative to the path without a slash at its end.
    if (request.path.endsWith('/')) return response.redirect(308, `../${page.path}`);
    const versions = (await load()).map(({ version }) => version);
    await sendPage(
      response,
      sendable('text/html', renderPage(page, versions, pages)),
      (await access.findEndpoints())?.tokenUrl,
    );
  });
  page.assets.forEach(({ name }, position) => {
    http.get(`/${page.path}/${name}`, async (request: Request, response: Response) => {
      const asset = (await load())[position];
      // For ever where the address names the version, as it does in the page.
      if (asset !== undefined) await send(response, asset, request.query['v'] === asset.version ? FOREVER : 'no-cache');
    });
  });
}

function serveLoginAssets(app: INestApplication): void {
  for (const asset of LOGIN_ASSETS) {
    const load = once(() => loadAsset(asset));
    app.getHttpAdapter().get(`/docs/${asset.name}`, async (_request: Request, response: Response) => {
      await sendPage(response, await load());
    });
  }
}

function sendPage(response: Response, page: Sendable, tokenUrl?: string): Promise<void> {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy(tokenUrl));
  response.setHeader('Referrer-Policy', 'no-referrer');
  return send(response, page);
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

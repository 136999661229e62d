import { HeksherError } from '@heksher/core';
import { type INestApplication } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type ConsoleConfig } from '../../config-console.js';
import { strongEtag } from '../../etag.js';
import { encodingFor, markedEtag } from '../../http/compression.js';
import { matchesEtag } from '../../http/if-none-match.js';
import { sendBody, sendJson } from '../../http/send-body.js';
import { type ConsoleFile, readConsoleFiles } from './console-files.js';
import { consolePolicy, pageAt } from './console-page.js';
import { type ConsoleAccess, consoleSettings } from './console-settings.js';

const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Serve the console at `/console` and below. Whatever is no file of it is the page itself, which finds out what to show: names have dots.
 * @returns whether it is built
 */
export function serveConsole(app: INestApplication, config: ConsoleConfig, access: ConsoleAccess): boolean {
  const http = app.getHttpAdapter();
  const files = readConsoleFiles();
  const page = files?.get('index.html')?.bodies.get('identity')?.toString();
  if (files === undefined || page === undefined) {
    http.get('/console{/*path}', () => {
      throw new HeksherError('not_found', 'the console is not built here; "npm run build" builds it');
    });
    return false;
  }
  http.get('/console/config.json', async (_request: Request, response: Response) => {
    response.setHeader('Cache-Control', 'no-store');
    await sendJson(response, JSON.stringify(await consoleSettings(config, access)));
  });
  http.get('/console{/*path}', async (request: Request, response: Response) => {
    const path = request.path.slice('/console/'.length);
    const file = path === 'index.html' ? undefined : files.get(path);
    if (file !== undefined) return sendFile(response, file, path.startsWith('assets/') ? FOREVER : 'no-cache');
    if (path.startsWith('assets/'))
      throw new HeksherError('not_found', `the console has no file ${JSON.stringify(path)}; load its page again`);
    await sendPage(response, pageAt(page, request.path), (await access.login?.find())?.tokenUrl);
  });
  return true;
}

function sendPage(response: Response, page: string, tokenUrl: string | undefined): Promise<void> {
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Content-Security-Policy', consolePolicy(tokenUrl));
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('ETag', strongEtag(page));
  return sendBody(response, page);
}

function sendFile(response: Response, { contentType, etag, bodies }: ConsoleFile, cacheControl: string): void {
  const { req: request } = response;
  const accepted = encodingFor(request.headers['accept-encoding']);
  const encoding = accepted !== undefined && bodies.has(accepted) ? accepted : undefined;
  const body = bodies.get(encoding ?? 'identity');
  response.vary('Accept-Encoding');
  response.setHeader('Cache-Control', cacheControl);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('ETag', encoding === undefined ? etag : markedEtag(etag, encoding));
  if (matchesEtag(request.headers['if-none-match'], etag)) return void response.status(304).end();
  response.setHeader('Content-Type', contentType);
  if (encoding !== undefined) response.setHeader('Content-Encoding', encoding);
  response.setHeader('Content-Length', body?.length ?? 0);
  response.end(request.method === 'HEAD' ? undefined : body);
}

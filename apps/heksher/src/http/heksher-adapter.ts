import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { HeksherError, RawJson } from '@heksher/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { type RequestRim } from './request-rim.js';
import { KEEP_ALIVE_S } from './whole-answer.js';

type RouteLayer = { match(path: string): boolean; route?: { methods?: Record<string, boolean> } };

/** A query may name very many settings in its URL; Node's own limit of 16 KiB would be met first. */
const MAX_HEADER_BYTES = 65_536;

/**
 * Takes a request before Express sees it, or not (false); one it took and cannot answer it may still `leave` to Express.
 * `headers` are those that the answer has in any case, names and values by turns.
 */
export type HotPath = (
  request: IncomingMessage,
  response: ServerResponse,
  headers: readonly string[],
  leave: () => void,
) => boolean;

/**
 * Nest's Express adapter with three things of ours: a hot path in front of Express; an answer that is ready-made JSON
 * text goes out as it is; and a known path asked with a wrong method is a 405 that says which methods there are.
 */
export class HeksherAdapter extends ExpressAdapter {
  private hotPath: HotPath = () => false;

  constructor(private readonly rim: RequestRim) {
    super();
    this.use(rim.middleware);
  }

  useHotPath(hotPath: HotPath): void {
    this.hotPath = hotPath;
  }

  override initHttpServer(): void {
    const express = this.getInstance<(request: IncomingMessage, response: ServerResponse) => void>();
    this.setHttpServer(
      createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_S * 1_000 }, (request, response) => {
        const headers = this.rim.begin(request, response);
        if (this.rim.answerPreflight(request, response, headers)) return;
        const leave = (): void => {
          this.rim.handOver(request, headers);
          express(request, response);
        };
        if (!this.hotPath(request, response, headers, leave)) leave();
      }),
    );
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    if (!(body instanceof RawJson)) return super.reply(response, body, statusCode);
    if (statusCode !== undefined) response.status(statusCode);
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    return response.send(body.text);
  }

  override setNotFoundHandler(handler: RequestHandler, prefix?: string): unknown {
    return super.setNotFoundHandler((request: Request, response: Response, next: NextFunction) => {
      const allowed = this.methodsOf(request.path);
      if (allowed.length === 0) return handler(request, response, next);
      response.setHeader('Allow', allowed.join(', '));
      next(
        new HeksherError('method_not_allowed', `${request.method} is not served here; allowed: ${allowed.join(', ')}`),
      );
    }, prefix);
  }

  private methodsOf(path: string): readonly string[] {
    const app: { router: { stack: readonly RouteLayer[] } } = this.getInstance();
    const methods = new Set<string>();
    for (const layer of app.router.stack) {
      const routed = layer.route?.methods;
      if (routed === undefined || !layer.match(path)) continue;
      for (const method of Object.keys(routed)) methods.add(method.toUpperCase());
    }
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods].sort();
  }
}

import { type IncomingMessage, type ServerResponse } from 'node:http';
import { HeksherError, RawJson } from '@heksher/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { type Lifecycle } from '../lifecycle.js';
import { type Logger } from '../modules/logging/index.js';
import { type Admission, admissionOf, setAdmission } from './admission.js';
import { type Entrance } from './entrance.js';
import { strongEtag } from '../etag.js';
import { HttpServer, type ServerOptions } from './http-server.js';
import { type Observation } from './observation.js';
import { sendJson } from './send-body.js';

type RouteLayer = { match(path: string): boolean; route?: { methods?: Record<string, boolean> } };

/**
 * Takes an admitted request before Express sees it, or not (false); one it took and cannot answer it may still `leave` to
 * Express, with the error to be rendered.
 */
export type FastPath = (
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission,
  leave: (error?: Error) => void,
) => boolean;

/**
 * Nest's Express adapter behind our own entrance, with three things more: a fast path in front of Express; an answer that is
 * ready-made JSON text goes out as it is; and a known path asked with a wrong method is a 405 that says which methods there are.
 */
export class HeksherAdapter extends ExpressAdapter {
  private fastPath: FastPath = () => false;
  private readonly errors = new WeakMap<IncomingMessage, Error>();

  constructor(
    private readonly entrance: Entrance,
    private readonly serverOptions: ServerOptions,
    private readonly lifecycle: Lifecycle,
    private readonly log: Logger,
    private readonly observation: Observation | undefined,
  ) {
    // Set before Nest uses it: from then on it keeps to what it was.
    super(express().enable('case sensitive routing').disable('x-powered-by').disable('etag'));
    this.use(this.greet);
  }

  useFastPath(fastPath: FastPath): void {
    this.fastPath = fastPath;
  }

  override initHttpServer(): void {
    const answer = (request: IncomingMessage, response: ServerResponse, admission: Admission, error?: Error): void => {
      const leave = (failure?: Error): void => this.pass(request, response, admission, failure);
      if (error !== undefined || !this.fastPath(request, response, admission, leave)) leave(error);
    };
    const { entrance, serverOptions, lifecycle, log, observation } = this;
    this.setHttpServer(new HttpServer(entrance, answer, serverOptions, lifecycle, log, observation).server);
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    if (statusCode !== undefined) response.status(statusCode);
    if (body instanceof RawJson) {
      tag(response, body);
      return sendJson(response, body.text);
    }
    if (typeof body === 'object' && body !== null) return sendJson(response, JSON.stringify(body));
    return super.reply(response, body);
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

  private pass(request: IncomingMessage, response: ServerResponse, admission: Admission, error?: Error): void {
    setAdmission(request, admission);
    this.observation?.whenDone(request, response, admission);
    if (error !== undefined) this.errors.set(request, error);
    this.getInstance<(request: IncomingMessage, response: ServerResponse) => void>()(request, response);
  }

  /** The first middleware: what the entrance knows of the request. */
  private readonly greet = (request: Request, response: Response, next: NextFunction): void => {
    const { headers = [] } = admissionOf(request) ?? {};
    for (let index = 0; index < headers.length; index += 2) {
      response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
    }
    next(this.errors.get(request));
  };

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

/** Each answer to a read has a tag of its content: for those who ask again, and for writes on condition. */
function tag(response: Response, { text }: RawJson): void {
  const isRead = response.req.method === 'GET' || response.req.method === 'HEAD';
  if (isRead && response.statusCode === 200 && !response.hasHeader('ETag'))
    response.setHeader('ETag', strongEtag(text));
}

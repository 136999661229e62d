import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { type Lifecycle } from '../lifecycle.js';
import { type Logger } from '../modules/logging/index.js';
import { type Admission } from './admission.js';
import { Connection } from './connection.js';
import { type Ending, type Entrance } from './entrance.js';
import { type Observation } from './observation.js';
import { logWhenDone } from './request-log.js';
import { cutSlowReaders } from './slow-readers.js';
import { MOST_HEADERS } from './steps.js';
import { connectionEvent, createNodeServer, type TlsOptions } from './tls.js';
import { answerUnreadable } from './unreadable.js';

/** Times in seconds. */
export type ServerOptions = Readonly<{
  /** How long an idle connection is kept for the next request; each answer says so. */
  keepAliveS: number;
  /** How long a client may take nothing of an answer before its connection is cut. */
  sendTimeoutS: number;
  /** Undefined: none. */
  tls: TlsOptions | undefined;
}>;

/** Answers a request that was admitted, or that ended with this error. */
export type Answerer = (
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission,
  error?: Error,
) => void;

/** A query may name very many settings in its URL; Node's own limit of 16 KiB would be met first. */
const MAX_HEADER_BYTES = 65_536;

const HEADERS_TIMEOUT_S = 60;
const REQUEST_TIMEOUT_S = 300;

/** Node's server. Every request goes through the entrance first, those of one connection one after another. */
export class HttpServer {
  readonly server: Server;
  private readonly logsRequests: boolean;

  constructor(
    private readonly entrance: Entrance,
    private readonly answer: Answerer,
    { keepAliveS, sendTimeoutS, tls }: ServerOptions,
    private readonly lifecycle: Lifecycle,
    private readonly log: Logger,
    private readonly observation: Observation | undefined,
  ) {
    this.logsRequests = log.isEnabled('debug');
    // The longer times follow, or Node would cut a connection because of how long it was idle before.
    const headersTimeoutS = Math.max(HEADERS_TIMEOUT_S, keepAliveS + 1);
    const options = {
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: keepAliveS * 1_000,
      headersTimeout: headersTimeoutS * 1_000,
      requestTimeout: Math.max(REQUEST_TIMEOUT_S, headersTimeoutS) * 1_000,
      // The entrance refuses requests without one, as it refuses others.
      requireHostHeader: false,
    };
    const take = (request: IncomingMessage, response: ServerResponse): void => this.take(request, response);
    this.server = createNodeServer(options, tls, take)
      .on(connectionEvent(tls), (socket: Socket) => {
        const connection = new Connection(socket, keepAliveS);
        if (observation !== undefined) connection.whenGone(observation.gone);
      })
      .on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
        this.take(request, response, () => response.writeContinue());
      })
      .on('checkExpectation', take)
      .on('clientError', (error: Error, socket: Socket) => answerUnreadable(error, socket, log));
    // One more than are accepted, which shows that there are more.
    this.server.maxHeadersCount = MOST_HEADERS + 1;
    cutSlowReaders(this.server, connectionEvent(tls), sendTimeoutS * 1_000, log);
  }

  private take(request: IncomingMessage, response: ServerResponse, onAdmitted?: () => void): void {
    const begin = (): void => this.begin(request, response, onAdmitted);
    if (Connection.of(request.socket).take(response, begin)) begin();
  }

  private begin(request: IncomingMessage, response: ServerResponse, onAdmitted: (() => void) | undefined): void {
    const admission = this.entrance.begin(request);
    this.observation?.begin(request, admission);
    if (this.lifecycle.isShuttingDown) response.shouldKeepAlive = false;
    if (this.logsRequests) logWhenDone(request, response, admission, this.log);
    const ending = this.entrance.enter(request, admission);
    if (ending instanceof Promise) {
      ending.then(
        (ended) => this.proceed(request, response, admission, ended, onAdmitted),
        (error: Error) => this.answer(request, response, admission, error),
      );
    } else {
      this.proceed(request, response, admission, ending, onAdmitted);
    }
  }

  private proceed(
    request: IncomingMessage,
    response: ServerResponse,
    admission: Admission,
    ending: Ending | undefined,
    onAdmitted: (() => void) | undefined,
  ): void {
    if (ending === undefined) {
      onAdmitted?.();
      this.answer(request, response, admission);
    } else if ('error' in ending) {
      this.answer(request, response, admission, ending.error);
    } else {
      this.observation?.whenDone(request, response, admission);
      response.writeHead(ending.status, [...admission.headers, ...ending.headers]).end();
    }
  }
}

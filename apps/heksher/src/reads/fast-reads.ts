import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Principal } from '../access/principal.js';
import { type Admission, mayUse } from '../http/admission.js';
import { mayAskForPast } from '../http/as-of.js';
import { matchesEtag } from '../http/if-none-match.js';
import { type Observation } from '../http/observation.js';
import { hasPlainBody, readPlainBody } from '../http/plain-body.js';
import { type RouteCounts } from '../metrics/request-counts.js';
import { type Span } from '../tracing/span.js';
import { SendBatch } from './send-batch.js';
import { type ReadAnswer } from './read-answer.js';
import { type ReadRequest, type ReadRoute } from './read-route.js';
import { type Receiver } from './receiver.js';
import { sendRead } from './send-read.js';

/** Hands a request to Express: to be answered, or to have this error rendered. */
export type Leave = (error?: Error) => void;

/** A parameter without percent-encoding; others go to Express. */
const PLAIN_PARAMETER = /^[a-zA-Z0-9_.-]+$/;

const NO_BODY = Buffer.alloc(0);

type Counted = Readonly<{ route: ReadRoute; counts: RouteCounts | undefined }>;
type Found = Counted & Readonly<{ parameter: string }>;

/** Answers plain requests of these routes without Express. Tests compare both ways byte by byte. */
export class FastReads {
  private readonly gets: RoutesByPath;
  private readonly posts: RoutesByPath;
  private readonly batch: SendBatch;

  /** @param observation of what is answered, where anybody asks for that */
  constructor(
    routes: readonly ReadRoute[],
    private readonly observation?: Observation,
  ) {
    const counted = routes.map((route) => ({ route, counts: observation?.counts.of(route.method, route.path) }));
    this.gets = byPath(counted.filter(({ route }) => route.method === 'GET'));
    this.posts = byPath(counted.filter(({ route }) => route.method === 'POST'));
    this.batch = new SendBatch(observation?.isCounted !== true ? () => 0 : () => performance.now());
  }

  /** @returns false where the request is not plain, and not touched then */
  answer(request: IncomingMessage, response: ServerResponse, admission: Admission, leave: Leave): boolean {
    const routes = request.method === 'GET' ? this.gets : request.method === 'POST' ? this.posts : undefined;
    const found = routes && find(routes, admission);
    if (found === undefined || !mayUse(admission, found.route.permission)) return false;
    if (mayAskForPast(admission.queryString)) return false;
    const isPlain = found.route.method === 'GET' ? hasNoBody(request) : hasPlainBody(request, admission.queryString);
    if (!isPlain) return false;
    admission.route = found.route.path;
    const read = new FastRead(request, response, admission, found, this.batch, leave, this.observation);
    if (found.route.method === 'GET') read.begin(NO_BODY);
    else readPlainBody(request, (body) => read.begin(body));
    return true;
  }
}

/** By path; that of a route with a parameter is cut before it, and ends with a slash. */
type RoutesByPath = ReadonlyMap<string, Counted>;

function byPath(routes: readonly Counted[]): RoutesByPath {
  return new Map(routes.map((counted) => [counted.route.path.replace(/:\w+$/, ''), counted]));
}

function find(routes: RoutesByPath, { path }: Admission): Found | undefined {
  const literal = routes.get(path);
  if (literal !== undefined) return path.endsWith('/') ? undefined : foundAs(literal, '');
  const start = path.lastIndexOf('/') + 1;
  const parametrised = routes.get(path.slice(0, start));
  const parameter = path.slice(start);
  return parametrised !== undefined && PLAIN_PARAMETER.test(parameter) ? foundAs(parametrised, parameter) : undefined;
}

function foundAs({ route, counts }: Counted, parameter: string): Found {
  return { route, counts, parameter };
}

/** A read that waits for its answer, then for its batch. */
class FastRead implements ReadRequest, Receiver<ReadAnswer> {
  body: Buffer = NO_BODY;
  readonly past = undefined;
  private answer: ReadAnswer | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly admission: Admission,
    private readonly found: Found,
    private readonly batch: SendBatch,
    private readonly leave: Leave,
    private readonly observation: Observation | undefined,
  ) {}

  get span(): Span | undefined {
    return this.admission.caller.span;
  }

  get queryString(): string {
    return this.admission.queryString ?? '';
  }

  get parameter(): string {
    return this.found.parameter;
  }

  get principal(): Principal | undefined {
    return this.admission.caller.principal;
  }

  has(etag: string): boolean {
    return matchesEtag(this.request.headers['if-none-match'], etag);
  }

  get isGone(): boolean {
    return this.response.destroyed;
  }

  begin(body: Buffer): void {
    this.body = body;
    try {
      this.found.route.handle(this, this);
    } catch (error) {
      this.failed(error);
    }
  }

  ready(answer: ReadAnswer): void {
    this.answer = answer;
    this.batch.add(this);
  }

  failed(error: unknown): void {
    this.leave(error instanceof Error ? error : new Error(String(error)));
  }

  send(now: number): void {
    if (this.answer === undefined || this.isGone) return;
    const { request, response, admission } = this;
    try {
      sendRead(request, response, this.answer, admission.headers);
      const { counts } = this.found;
      if (counts !== undefined) this.observation?.answered(request, admission, counts, response.statusCode, now);
    } catch (error) {
      this.response.destroy(error instanceof Error ? error : undefined);
    }
  }
}

function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
}

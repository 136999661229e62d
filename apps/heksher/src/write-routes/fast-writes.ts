import { type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf } from '../body.js';
import { type Admission } from '../http/admission.js';
import { asWriter, operationOf } from '../http/called-by.js';
import { type Observation } from '../http/observation.js';
import { hasPlainBody, readPlainBody } from '../http/plain-body.js';
import { type RouteCounts } from '../metrics/request-counts.js';
import { type WriteOperation } from '../metrics/write-counts.js';
import { type Leave } from '../reads/fast-reads.js';
import { headersOfBody } from '../reads/read-answer.js';
import { sendWhole } from '../reads/send-whole.js';
import { type WriteAnswer, type WriteRoute } from './write-route.js';

type Known = Readonly<{ route: WriteRoute; operation: WriteOperation; counts: RouteCounts | undefined; path: RegExp }>;

/** A parameter without percent-encoding; others go to Express. */
const PLAIN_PARAMETER = '([a-zA-Z0-9_.-]+)';

/**
 * Carries out plain writes of these routes without Express: those with a body and no query, where nobody is authenticated, so
 * that `AccessGuard` has nothing to do. Tests compare both ways.
 */
export class FastWrites {
  private readonly known: readonly Known[];

  /** @param observation of what is answered, where anybody asks for that */
  constructor(
    routes: readonly WriteRoute[],
    private readonly observation?: Observation,
  ) {
    this.known = routes.map((route) => ({
      route,
      operation: operationOf(route.method, route.path),
      counts: observation?.counts.of(route.method, route.path),
      path: new RegExp(`^${route.path.replace(/:\w+/, PLAIN_PARAMETER)}$`),
    }));
  }

  /** @returns false where the request is not plain, and not touched then */
  answer(request: IncomingMessage, response: ServerResponse, admission: Admission, leave: Leave): boolean {
    if (admission.caller.principal !== undefined || !hasPlainBody(request, admission.queryString)) return false;
    for (const known of this.known) {
      if (known.route.method !== request.method) continue;
      const [path, parameter = ''] = known.path.exec(admission.path) ?? [];
      if (path === undefined) continue;
      admission.route = known.route.path;
      readPlainBody(request, (body) => {
        this.write(request, response, admission, known, { parameter, body }).catch(leave);
      });
      return true;
    }
    return false;
  }

  private async write(
    request: IncomingMessage,
    response: ServerResponse,
    admission: Admission,
    { route, operation, counts }: Known,
    asked: Readonly<{ parameter: string; body: Buffer }>,
  ): Promise<void> {
    const headers: string[] = [];
    const caller = {
      ...asWriter(admission.caller, request, operation),
      onRevision: (revision: string) => void headers.push('Heksher-Revision', revision),
    };
    const answer = await route.handle({ ...asked, caller, prefix: admission.prefix });
    if (response.destroyed) return;
    admission.headers.push(...headers);
    send(response, route.status, answer, admission.headers);
    if (counts !== undefined) this.observation?.answered(request, admission, counts, route.status, performance.now());
  }
}

function send(
  response: ServerResponse,
  status: number,
  { headers = [], body: json }: WriteAnswer,
  all: string[],
): void {
  all.push(...headers);
  const body = json && bodyOf(json.text);
  if (body !== undefined) all.push(...headersOfBody(body));
  sendWhole(response, status, all, body);
}

import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type HotPath } from '../../http/heksher-adapter.js';
import { type Letter, Outbox } from '../../http/outbox.js';
import { type Callback } from '../../callback.js';
import { type AnsweredQuery, type QueryService } from './query.service.js';
import { sendAnswer } from './send-answer.js';

const PATH = '/api/v1/query';

/**
 * Answers plain queries without Express, which costs several times the work of the answer itself. Whatever is not a
 * GET of exactly this path without a body, and whatever fails, is left to Express.
 */
export function queryHotPath(queries: QueryService): HotPath {
  const outbox = new Outbox();
  return (request, response, headers, leave) => {
    const queryString = plainQueryString(request);
    if (queryString === undefined) return false;
    queries.answer(queryString, new PlainQuery(request, response, headers, leave, outbox));
    return true;
  };
}

/** A query that waits for its answer, and then to be sent. */
class PlainQuery implements Callback<AnsweredQuery>, Letter {
  private answered: AnsweredQuery | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly headers: readonly string[],
    private readonly leave: () => void,
    private readonly outbox: Outbox,
  ) {}

  ready(answered: AnsweredQuery): void {
    this.answered = answered;
    this.outbox.add(this);
  }

  failed(): void {
    this.leave();
  }

  send(): void {
    const { request, response, answered, headers } = this;
    if (answered === undefined || response.destroyed) return;
    try {
      sendAnswer(request, response, answered, headers);
    } catch (error) {
      response.destroy(error instanceof Error ? error : undefined);
    }
  }
}

function plainQueryString({ method, url = '', headers }: IncomingMessage): string | undefined {
  if (method !== 'GET' || !url.startsWith(PATH)) return undefined;
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return undefined;
  if (url.length === PATH.length) return '';
  return url.charCodeAt(PATH.length) === QUESTION_MARK ? url.slice(PATH.length + 1) : undefined;
}

const QUESTION_MARK = 0x3f;

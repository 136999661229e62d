import { type BodyHandler, type Send } from '../../http/body-hot-path.js';
import { type OfrepAnswer, type OfrepService } from './ofrep.service.js';
import { sendAnswer } from './send-answer.js';

const PATH = '/ofrep/v1/evaluate/flags';

/** A key that stands in a URL as it is; whatever else is asked for is Express' to make out. */
const PLAIN_KEY = /^\/([a-zA-Z0-9_.-]+)$/;

/** The handlers of plain requests for one flag, or for all of them, by the URL. */
export function ofrepHandlers(flags: OfrepService): (url: string) => BodyHandler | undefined {
  const evaluateAll: BodyHandler = (body, request, { ready, failed }) => {
    const ifNoneMatch = request.headers['if-none-match'];
    flags.evaluateAll(body, ifNoneMatch, { ready: (answer) => ready(sending(answer)), failed });
  };
  return (url) => {
    if (!url.startsWith(PATH)) return undefined;
    if (url.length === PATH.length) return evaluateAll;
    const key = PLAIN_KEY.exec(url.slice(PATH.length))?.[1];
    if (key === undefined) return undefined;
    return (body, _request, { ready, failed }) => {
      flags.evaluateFlag(key, body, { ready: (answer) => ready(sending(answer)), failed });
    };
  };
}

function sending(answer: OfrepAnswer): Send {
  return (response, headers) => sendAnswer(response, answer, headers);
}

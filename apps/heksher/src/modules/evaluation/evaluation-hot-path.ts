import { type BodyHandler } from '../../http/body-hot-path.js';
import { type EvaluationService } from './evaluation.service.js';
import { sendEvaluation } from './send-evaluation.js';

const PATH = '/api/v1/evaluate';

/** The handler of evaluations for `bodyHotPath`. */
export function evaluationHandler(evaluations: EvaluationService): (url: string) => BodyHandler | undefined {
  const handle: BodyHandler = (body, _request, { ready, failed }) => {
    evaluations.evaluate(body, {
      ready: (answer) => ready((response, headers) => sendEvaluation(response, answer, headers)),
      failed,
    });
  };
  return (url) => (url === PATH ? handle : undefined);
}

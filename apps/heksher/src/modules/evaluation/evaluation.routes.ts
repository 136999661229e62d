import { type ReadRoute } from '../../reads/read-route.js';
import { type EvaluationService } from './evaluation.service.js';

export function evaluateRoute(evaluations: EvaluationService): ReadRoute {
  return {
    method: 'POST',
    path: '/api/v1/evaluate',
    permission: 'evaluate',
    handle: (request, receiver) => evaluations.evaluate(request, receiver),
  };
}

/** Its parameter is in the middle of the path, so that Express alone serves it. */
export function lintRoute(evaluations: EvaluationService): ReadRoute {
  return {
    method: 'GET',
    path: '/api/v1/settings/:name/lint',
    permission: 'read',
    handle: (request, receiver) => evaluations.lint(request, receiver),
  };
}

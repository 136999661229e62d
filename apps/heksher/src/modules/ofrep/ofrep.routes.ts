import { type ReadRoute } from '../../reads/read-route.js';
import { type OfrepService } from './ofrep.service.js';

const FLAGS = '/ofrep/v1/evaluate/flags';

export function allFlagsRoute(flags: OfrepService): ReadRoute {
  return {
    method: 'POST',
    path: FLAGS,
    permission: 'evaluate',
    handle: (request, receiver) => flags.evaluateAll(request, receiver),
  };
}

export function flagRoute(flags: OfrepService): ReadRoute {
  return {
    method: 'POST',
    path: `${FLAGS}/:key`,
    permission: 'evaluate',
    handle: (request, receiver) => flags.evaluateFlag(request, receiver),
  };
}

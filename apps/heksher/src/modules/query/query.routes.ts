import { type ReadRoute } from '../../reads/read-route.js';
import { type QueryService } from './query.service.js';

export function queryRoute(queries: QueryService): ReadRoute {
  return {
    method: 'GET',
    path: '/api/v1/query',
    permission: 'read',
    handle: (request, receiver) => queries.answer(request, receiver),
  };
}

import { type ReadRoute } from '../../reads/read-route.js';
import { type BrowsingService } from './browsing.service.js';

/** Nobody asks these a thousand times a second: Express alone serves them. */
export function browsingRoutes(browsing: BrowsingService) {
  const route = (path: string, answer: (...asked: Parameters<BrowsingService['settings']>) => Answerer): ReadRoute => ({
    method: 'GET',
    path,
    permission: 'read',
    handle: (request, receiver) => answer(request)(receiver),
  });
  return {
    settings: route('/api/v1/settings', (request) => browsing.settings(request)),
    setting: route('/api/v1/settings/:name', (request) => browsing.setting(request)),
    rules: route('/api/v1/rules', (request) => browsing.rules(request)),
    rollouts: route('/api/v1/rollouts', (request) => browsing.rollouts(request)),
    lint: route('/api/v1/lint', (request) => browsing.lint(request)),
    values: route('/api/v1/context_features/:name/values', (request) => browsing.values(request)),
  };
}

type Answerer = ReturnType<BrowsingService['settings']>;

import { requirementOf } from './operations.js';

it.each([
  ['GET', '/api/v1/query', 'read'],
  ['HEAD', '/api/v1/query', 'read'],
  ['GET', '/api/v1/query/', 'read'],
  ['GET', '/api/v1/rules/search', 'read'],
  ['PUT', '/api/v1/rules/search', 'write'],
  ['GET', '/api/v1/settings/declare', 'read'],
  ['DELETE', '/api/v1/settings/declare', 'write'],
  ['POST', '/api/v1/settings/declare', 'declare'],
  ['POST', '/ofrep/v1/evaluate/flags/a%2Fb', 'evaluate'],
  ['PUT', '/api/v1/rules/7/metadata/x', 'write'],
  ['GET', '/api/health/live', 'public'],
])('%s %s requires %s', (method, path, action) => {
  expect(requirementOf(method, path)?.action).toBe(action);
});

it.each([
  ['POST', '/api/v1/query'],
  ['GET', '/api/v1/Query'],
  ['GET', '/api/v1//query'],
  ['GET', '/api/v1/query//'],
  ['GET', '//api/v1/query'],
  ['GET', '/api/v1/rules//metadata'],
  ['GET', '/api/v1/%71uery'],
  ['OPTIONS', '/api/v1/query'],
  ['GET', '/'],
  [undefined, '/api/v1/query'],
])('%s %s is no operation', (method, path) => {
  expect(requirementOf(method, path)).toBeUndefined();
});

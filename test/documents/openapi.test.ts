import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { isContextFeatureName, isFeatureValue, isMetadataKey, isSettingName } from '@heksher/core';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { jest } from '@jest/globals';
import { parseBoolean } from '../../apps/heksher/src/http/boolean.js';
import {
  BOOLEAN_TEXT,
  CONTEXT_FEATURE_NAME,
  FEATURE_VALUE,
  METADATA_KEY,
  SETTING_NAME,
} from '../../apps/heksher/src/openapi/api-schemas.js';
import { HeksherAdapter } from '../../apps/heksher/src/in-process.js';
import {
  assertAnswerMatchesDocument,
  dereferenced,
  describedAnswers,
  type MediaType,
  type OpenApiDocument,
  type Operation,
  schemaProblem,
} from '../support/service/openapi.js';
import { compilerOf } from '../support/service/schemas.js';
import { type Answer, caller, startTestService, type TestService } from '../support/service/service.js';

let service: TestService;
let adapter: HeksherAdapter;
let document: OpenApiDocument;
let operations: readonly (readonly [name: string, operation: Operation])[];

beforeAll(async () => {
  const starting = jest.spyOn(HeksherAdapter.prototype, 'initHttpServer');
  service = await startTestService();
  adapter = starting.mock.contexts[0] as HeksherAdapter;
  document = (await service.call('GET', '/openapi.json')).body as OpenApiDocument;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  );
});
afterAll(() => service.stop());

it('is a document that a linter finds nothing wrong with', async () => {
  const config = await createConfig({
    extends: ['recommended'],
    // Health checks and the list of context features take no input, so there is none to refuse. What does take input
    // must tell of a 422: see below.
    rules: { 'operation-4xx-response': 'off' },
  });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
});

it('tells of the routes that there are, and of no others', () => {
  const app: { router: { stack: { route?: { path: string; methods: Record<string, boolean> } }[] } } =
    adapter.getInstance();
  const routes = app.router.stack.flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}).map((method) => `${method.toUpperCase()} ${route?.path}`),
  );
  const pages = /^GET \/((docs|redoc|openapi\.json|console)(\/|\{|$)|$)/;
  expect(routes.filter((route) => pages.test(route)).length).toBeGreaterThan(3);
  const served = routes.filter((route) => !pages.test(route)).map((route) => route.replace(/:(\w+)/g, '{$1}'));
  expect(operations.map(([name]) => name).sort()).toEqual(served.sort());
});

it('gives each operation an id of its own, a tag, a summary and a description', () => {
  const lacking = operations.filter(
    ([, { operationId, summary, description }]) =>
      !/^[a-z][a-zA-Z]+$/.test(operationId ?? '') || !summary || (description ?? '').length < summary.length / 2,
  );
  expect(lacking).toEqual([]);
  const ids = operations.map(([, { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

it('describes each parameter, with a schema and an example or all its values', () => {
  const parameters = operations.flatMap(([name, { parameters = [] }]) => parameters.map((one) => [name, one] as const));
  const lacking = parameters.filter(([, { description, schema, examples }]) => {
    const shows = schema !== undefined && ('example' in schema || 'enum' in schema || examples !== undefined);
    return !description || !shows;
  });
  expect(parameters.length).toBeGreaterThan(20);
  expect(lacking).toEqual([]);
});

it('tells of the errors that any operation of the API may answer', () => {
  const lacking = operations.filter(([name, { parameters = [], requestBody, responses }]) => {
    const expected = / \/(api|ofrep)\/v1\//.test(name) ? ['500', '503'] : [];
    if (requestBody !== undefined) expected.push('413', '415');
    const isRefusable = parameters.some((one) => one.name !== 'If-None-Match');
    if (requestBody !== undefined || isRefusable) expected.push(name.includes(' /ofrep/') ? '400' : '422');
    if (name.includes('{')) expected.push('404');
    return !expected.every((status) => status in responses);
  });
  expect(lacking).toEqual([]);
});

it('shows each error as a text and as a problem, and a 422 as a problem only', () => {
  const shapes = operations.flatMap(([name, { responses }]) =>
    Object.entries(responses)
      .filter(([status]) => Number(status) >= 400 && name.includes(' /api/v1/'))
      .map(([status, response]) => {
        const types = Object.keys(dereferenced(document, response)?.content ?? {});
        const isJsonAlways = status === '422';
        return {
          name,
          status,
          problem: types.includes('application/problem+json'),
          text: types.includes('text/plain') === !isJsonAlways,
        };
      }),
  );
  expect(shapes.length).toBeGreaterThan(100);
  expect(shapes.filter(({ problem, text }) => !problem || !text)).toEqual([]);
});

it('shows each error of OFREP as its clients read it, and only so', () => {
  const types = operations.flatMap(([name, { responses }]) =>
    Object.entries(responses)
      .filter(([status]) => Number(status) >= 400 && name.includes(' /ofrep/v1/'))
      .map(([status, response]) => [name, status, Object.keys(dereferenced(document, response)?.content ?? {})]),
  );
  expect(types.length).toBeGreaterThan(8);
  expect(types.filter(([, , content]) => String(content) !== 'application/json')).toEqual([]);
});

type Schema = Readonly<{ $ref?: string; anyOf?: readonly Schema[]; oneOf?: readonly Schema[] }>;

it('calls each body a request and each answer an answer, and nothing else so', () => {
  const namesOf = (media: MediaType | undefined): string[] => {
    const { anyOf = [], oneOf = [], ...single }: Schema = media?.schema ?? {};
    return [single, ...anyOf, ...oneOf].flatMap(({ $ref: name }) =>
      name === undefined ? [] : [name.replace(/.*\//, '')],
    );
  };
  const bodies = operations.flatMap(([, { requestBody }]) => namesOf(requestBody?.content['application/json']));
  // The errors of OFREP have the names of its own document.
  const answers = operations.flatMap(([operation, { responses }]) =>
    Object.entries(responses)
      .filter(([status]) => Number(status) < 400 || !operation.includes(' /ofrep/'))
      .flatMap(([, response]) => namesOf(dereferenced(document, response)?.content?.['application/json'])),
  );
  expect(bodies.length).toBeGreaterThan(20);
  expect(answers.length).toBeGreaterThan(20);
  expect(bodies.filter((name) => !/^[A-Z]\w+Request$/.test(name))).toEqual([]);
  expect(answers.filter((name) => !/^[A-Z]\w+Answer$/.test(name))).toEqual([]);
  const named = Object.keys(document.components.schemas).filter((name) => /(Request|Answer|Dto)$/.test(name));
  expect(named.filter((name) => ![...bodies, ...answers].includes(name))).toEqual([]);
});

it('marks only the old way to change the value of a rule as deprecated', () => {
  expect(operations.filter(([, operation]) => 'deprecated' in operation).map(([name]) => name)).toEqual([
    'PATCH /api/v1/rules/{id}',
  ]);
});

it('gives examples of every body, and all of them are as the schemas say', () => {
  const media = operations.flatMap(([name, { requestBody, responses }]) => [
    ...contentOf(`${name} body`, requestBody?.content),
    ...Object.entries(responses).flatMap(([status, response]) =>
      contentOf(`${name} ${status}`, dereferenced(document, response)?.content),
    ),
  ]);
  const compile = compilerOf(document);
  const problems = media.flatMap(([where, { schema, examples = {} }]) => {
    if (Object.keys(examples).length === 0) return [`${where}: no example`];
    const validate = compile(schema);
    return Object.entries(examples).flatMap(([summary, { value }]) => {
      const problem = schemaProblem(validate, value);
      return problem === undefined ? [] : [`${where}, ${summary}: ${problem}`];
    });
  });
  expect(media.length).toBeGreaterThan(200);
  expect(problems).toEqual([]);
});

function contentOf(where: string, content: Readonly<Record<string, MediaType>> = {}): [string, MediaType][] {
  return Object.entries(content).map(([type, media]) => [`${where} ${type}`, media]);
}

const TEXTS = [
  '',
  'a',
  'A_9',
  'a.b',
  'a-b',
  'a b',
  'é',
  '٣',
  'a\n',
  'x'.repeat(255),
  'x'.repeat(256),
  'a@b+c/d=e~f#g',
  '1',
  'On',
  'tRue',
  'T',
  'n',
  'tru',
  'हिन्दी',
  'a\u0308',
  '२²Ⅷ',
  'a b',
  '\u200d',
  '2',
];

it.each([
  ['setting names', SETTING_NAME, isSettingName],
  ['context features', CONTEXT_FEATURE_NAME, isContextFeatureName],
  ['keys of metadata', METADATA_KEY, isMetadataKey],
  ['values of context features', FEATURE_VALUE, isFeatureValue],
  ['booleans', BOOLEAN_TEXT, isBoolean],
] as const)('describes %s as the service reads them', (_what, schema, isValid) => {
  const validate = compilerOf(document)(schema);
  const disagreed = TEXTS.filter((text) => (schemaProblem(validate, text) === undefined) !== isValid(text));
  expect(disagreed).toEqual([]);
});

function isBoolean(text: string): boolean {
  try {
    parseBoolean(text);
    return true;
  } catch {
    return false;
  }
}

describe('the check of answers against the document', () => {
  const right: Answer = {
    status: 200,
    headers: headers({ 'content-type': 'application/json; charset=utf-8' }),
    text: '{"index":1}',
    body: { index: 1 },
  };
  const path = '/api/v1/context_features/user';

  const check = async (method: string, asked: string, answer: Answer) =>
    assertAnswerMatchesDocument(await describedAnswers(), method, asked, answer);

  it('is against the document that is served', async () => {
    expect((await describedAnswers()).document).toEqual(document);
  });

  it('passes an answer that is as it should be', async () => {
    await expect(check('GET', path, right)).resolves.toBeUndefined();
  });

  it.each<[string, string, Partial<Answer>, string]>([
    ['a status that is not documented', path, { status: 418 }, 'status 418'],
    ['another content type', path, { headers: headers({ 'content-type': 'text/html' }) }, 'text/html'],
    ['no request id', path, { headers: headers({}, 'x-request-id') }, 'X-Request-Id'],
    ['no word to caches', path, { headers: headers({}, 'cache-control') }, 'Cache-Control'],
    ['a value of another type', path, { body: { index: '1' } }, '/index must be integer'],
    ['a missing member', path, { body: {} }, "required property 'index'"],
    ['a member that is not described', path, { body: { index: 1, name: 'user' } }, 'additional properties'],
    ['a body with a 204', path, { status: 204 }, 'documented'],
    [
      'a query without an entity tag',
      '/api/v1/query',
      { headers: headers({}, 'etag'), body: { settings: {} } },
      'ETag',
    ],
    [
      'a member deep down',
      '/api/v1/settings',
      { body: { settings: [{ name: 'a', type: 'int', version: '1.0' }] } },
      'default_value',
    ],
    ['a path that nobody knows and that answers all the same', '/api/v1/nothing', {}, 'status 200'],
  ])('refuses %s', async (_what, asked, change, complaint) => {
    await expect(check('GET', asked, { ...right, ...change })).rejects.toThrow(complaint);
  });

  it('refuses a body that comes with a 204', async () => {
    await expect(check('DELETE', path, { ...right, status: 204 })).rejects.toThrow('body');
  });

  it('refuses a 405 that allows other methods than the document has', async () => {
    const answer = { ...right, status: 405, headers: headers({ allow: 'GET' }) };
    await expect(check('PUT', path, answer)).rejects.toThrow('DELETE, GET, HEAD');
  });

  it('is made of every call that a test makes', async () => {
    const server = createServer((_request, response) => {
      response.setHeaders(headers({})).end('{"index":"1"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const asking = caller(`http://127.0.0.1:${port}`)('GET', path);
    await expect(asking).rejects.toThrow('/index must be integer');
    server.closeAllConnections();
    server.close();
  });

  function headers(change: Record<string, string>, without = ''): Headers {
    const usual = { 'content-type': 'application/json', 'x-request-id': 'a', 'cache-control': 'no-cache', etag: '"a"' };
    const all = new Headers({ ...usual, ...change });
    if (without !== '') all.delete(without);
    return all;
  }
});

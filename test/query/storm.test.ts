import { formatJson, jsonEquals, parseStoredJson } from '@heksher/core';
import fc from 'fast-check';
import { documentedOperations, hostileCaller, hostileRequests } from '../support/model/hostile.js';
import { expectConsistent, expectSameContents } from '../support/model/model-database.js';
import { expectationOf, ROUTE_NAMES } from '../support/model/model-routes.js';
import { type Expectation, type Model, newModel, type Operation } from '../support/model/model.js';
import {
  addFeatures,
  addRule,
  type Answer,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { BEGINNING, operations } from '../support/history/storm.js';
import { filledIn } from '../support/history/storm-values.js';

const RUNS = 40;
/** Of a sequence, on average. */
const REQUESTS = 60;
const HOSTILE_REQUESTS = 3_000;
/** Shrinking a failure ends here too, with what it has found. */
const TIME_LIMIT_MS = 150_000;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

it('answers and stores what the model of the contract says, whatever is asked in whatever order', async () => {
  const asked = new Map<string, Set<number>>();
  const sequences = fc.array(operations, { minLength: 1, maxLength: 2 * REQUESTS, size: 'max' });
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const model = await beginAnew();
      for (const operation of sequence) {
        const status = await step(model, filledIn(model, operation));
        asked.set(operation.route, (asked.get(operation.route) ?? new Set()).add(status));
      }
      await expectSameContents(service.database, model);
      await expectConsistent(service.database);
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS, markInterruptAsFailure: true },
  );
  // The storm has been everywhere, or it shows nothing.
  expect([...asked.keys()].sort()).toEqual([...ROUTE_NAMES].sort());
  const withoutSuccess = [...asked].filter(([, statuses]) => ![...statuses].some((status) => status < 300));
  expect(withoutSuccess).toEqual([]);
}, 180_000);

async function beginAnew(): Promise<Model> {
  await service.database.sql('delete from settings; delete from context_features');
  const model = newModel();
  for (const operation of BEGINNING) await step(model, operation);
  return model;
}

async function step(model: Model, operation: Operation): Promise<number> {
  const expectation = expectationOf(model, operation);
  const answer = await ask(operation);
  const problem = problemOf(answer, expectation);
  if (problem !== undefined)
    throw new Error(`${JSON.stringify(operation)}\n${problem}\nanswered ${answer.status} ${answer.text}`);
  if (answer.status < 300) expectation.learn?.(answer);
  return answer.status;
}

function ask({ route, params = [], query, body }: Operation): Promise<Answer> {
  const [method = '', template = ''] = route.split(' ');
  const rest = [...params];
  const path = template.replaceAll('{}', () => encodeURIComponent(rest.shift() ?? ''));
  const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  return service.call(method, `/api/v1/${path}${search}`, { body: textOf(body) });
}

function textOf(body: Operation['body']): string | undefined {
  if (typeof body !== 'object') return body;
  return `{${Object.entries(body)
    .map(([name, text]) => `${JSON.stringify(name)}: ${text}`)
    .join(', ')}}`;
}

function problemOf(answer: Answer, { statuses, body, text }: Expectation): string | undefined {
  if (!statuses.includes(answer.status)) return `expected the status ${statuses.join(' or ')}`;
  if (text !== undefined && answer.text !== text) return `expected the text ${JSON.stringify(text)}`;
  if (body === undefined) return undefined;
  const given = parseStoredJson(answer.text);
  return given !== null && jsonEquals(given, body) ? undefined : `expected the body ${formatJson(body)}`;
}

it('answers no request with a 5xx and stays consistent, however a request is made', async () => {
  const operations = await documentedOperations(service.call);
  expect(operations.length).toBeGreaterThanOrEqual(ROUTE_NAMES.length);
  await beginAnew();
  const { send, close } = hostileCaller(service.url);
  const statuses = new Set<number>();
  await fc
    .assert(
      fc.asyncProperty(hostileRequests(operations), async (request) => {
        const answer = await send(request);
        statuses.add(answer.status);
        expect(answer.requestId).toMatch(/^[\w.:/+=@-]{1,128}$/);
        if (answer.status >= 500) throw new Error(`answered ${answer.status} ${answer.text}`);
      }),
      { numRuns: HOSTILE_REQUESTS, interruptAfterTimeLimit: TIME_LIMIT_MS, markInterruptAsFailure: true },
    )
    .finally(close);
  expect([...statuses]).toEqual(expect.arrayContaining([200, 404, 405, 422]));
  // Something was made, or deleted.
  expect([201, 204].some((status) => statuses.has(status))).toBe(true);
  await expectConsistent(service.database);
  await expectReadable(service.call);
}, 180_000);

it('searches for a rule by a dozen conditions, and for none by as many as a URL holds, at no great cost', async () => {
  const features = Array.from({ length: 12 }, (_, place) => `feature_${place}`);
  await service.database.sql('delete from settings; delete from context_features');
  await addFeatures(service.call, ...features);
  await declare(service.call, { configurable_features: features });
  const id = await addRule(service.call, 'cache_size', Object.fromEntries(features.map((name) => [name, 'v'])), 1);
  const search = (names: readonly string[]) =>
    service.call('GET', `/api/v1/rules/search?setting=cache_size&feature_values=${names.join(':v,')}:v`);
  expect((await expectStatus(200, search(features))).body).toEqual({ rule_id: id });
  await expectStatus(404, search(features.slice(0, 11)));
  await expectStatus(404, search(features.with(11, 'another')));
  await expectStatus(404, search(Array.from({ length: 1_900 }, (_, place) => `f${place}`)));
});

/** Whatever has been let in is served. */
async function expectReadable(call: Call): Promise<void> {
  const { body } = await expectStatus(200, call('GET', '/api/v1/settings?include_additional_data=true'));
  for (const { name } of (body as { settings: { name: string }[] }).settings) {
    await expectStatus(200, call('GET', `/api/v1/settings/${encodeURIComponent(name)}`));
  }
  for (const { id } of await service.database.sql<{ id: number }>('select id from rules')) {
    await expectStatus(200, call('GET', `/api/v1/rules/${id}`));
  }
  await expectStatus(200, call('GET', '/api/v1/query?include_metadata=true'));
}

import { contents, empty } from '../database/contents.js';
import { type TestDatabase } from '../database/database.js';
import { type Answer, type Call, startTestService, type TestService } from './service.js';

type Send = (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** The service of a test file. Paths of the verbs are below `/api/v1`; `call` takes any. */
export type Api = Readonly<{
  call: Call;
  get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  post: Send;
  put: Send;
  patch: Send;
  delete: Send;
  sql: TestDatabase['sql'];
  database(): TestDatabase;
  url(): string;
  metricsUrl(): string;
  /** Takes all data away. */
  empty(): Promise<void>;
  /** The answer to a request that must leave every row as it was. */
  unchanged(request: () => Promise<Answer>): Promise<Answer>;
}>;

/** Starts a service before the tests of the file that calls this, on a database of its own, and stops it after them. */
export function useService(env: Readonly<Record<string, string>> = {}): Api {
  let service: TestService | undefined;
  beforeAll(async () => {
    service = await startTestService(env);
  });
  afterAll(() => service?.stop());
  const running = (): TestService => {
    if (service === undefined) throw new Error('the service runs only while tests do');
    return service;
  };
  const verb =
    (method: string): Send =>
    (path, body, headers = {}) =>
      running().call(method, `/api/v1${path}`, { body, headers });
  return {
    call: (...request) => running().call(...request),
    get: (path, headers) => verb('GET')(path, undefined, headers),
    post: verb('POST'),
    put: verb('PUT'),
    patch: verb('PATCH'),
    delete: verb('DELETE'),
    sql: (text, values) => running().database.sql(text, values),
    database: () => running().database,
    url: () => running().url,
    metricsUrl: () => running().metricsUrl ?? '',
    empty: () => empty(running().database),
    async unchanged(request) {
      const before = await contents(running().database);
      const answer = await request();
      expect(await contents(running().database)).toEqual(before);
      return answer;
    },
  };
}

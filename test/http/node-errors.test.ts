import { spawnService, type ServiceProcess } from '../support/service/process.js';
import { exchange, exchangeOnce, headerOf, openSocket, parseAnswers, readToEnd } from '../support/http/raw-http.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { until } from '../support/service/until.js';

let database: TestDatabase;
let service: ServiceProcess;
let url: string;
beforeAll(async () => {
  database = await createDatabase();
  service = spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString, HEKSHER_CORS_ORIGINS: '*' });
  ({ url } = await service.ready);
});
afterAll(async () => {
  service.child.kill();
  await service.exited;
  await database.drop();
});

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

it.each([
  [400, 'no HTTP', 'nonsense\r\n\r\n'],
  [400, 'a method that is none', 'FOO_BAR / HTTP/1.1\r\nHost: x\r\n\r\n'],
  [400, 'two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  [400, 'a chunk that is none', 'POST /api/v1/rules HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  [431, 'headers without end', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(70_000)}\r\n\r\n`],
])('%i: %s is told as a problem, with an id that is in the log', async (status, _what, bytes) => {
  const [answer] = parseAnswers(await exchange(url, bytes), [true]);
  expect(answer?.statusLine).toMatch(`HTTP/1.1 ${status} `);
  if (answer === undefined) return;
  expect(headerOf(answer, 'Content-Type')).toMatch(/^application\/problem\+json/);
  expect(JSON.parse(answer.body)).toMatchObject({ status, detail: expect.stringMatching(/\w/) as unknown });
  const id = headerOf(answer, 'X-Request-Id') ?? '';
  expect(id).toMatch(UUID);
  await until('the line in the log', () => service.output().includes(id));
});

it('what cannot be read after requests leaves them their answers', async () => {
  const get = 'GET /api/v1/query HTTP/1.1\r\nHost: x\r\n\r\n';
  const answers = parseAnswers(await exchange(url, `${get}${get}nonsense\r\n\r\n`), [true, true, true]);
  expect(answers.map(({ statusLine }) => statusLine.slice(9, 12))).toEqual(['200', '200', '400']);
});

it.each([
  [400, 'a request without Host', 'GET /api/v1/query HTTP/1.1\r\n\r\n'],
  [417, 'an expectation that cannot be met', 'GET /api/v1/query HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n'],
])('%i: %s is told by the rules of all errors', async (status, _what, bytes) => {
  const text = await exchangeOnce(url, bytes, true);
  expect(text.statusLine).toMatch(`HTTP/1.1 ${status} `);
  expect(headerOf(text, 'Content-Type')).toMatch(/^text\/plain/);
  const problem = await exchangeOnce(
    url,
    bytes.replace('\r\n\r\n', '\r\nAccept: application/json\r\nX-Request-Id: me\r\n\r\n'),
    true,
  );
  expect(headerOf(problem, 'Content-Type')).toMatch(/^application\/problem\+json/);
  expect(headerOf(problem, 'X-Request-Id')).toBe('me');
  expect(JSON.parse(problem.body)).toMatchObject({ status });
});

it('more headers than Node keeps are refused, since it may have dropped any of them', async () => {
  const answerTo = (count: number) =>
    exchangeOnce(url, `GET /api/v1/query HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(count)}\r\n`, true);
  expect((await answerTo(999)).statusLine).toContain(' 200 ');
  for (const count of [1_000, 30_000]) {
    const answer = await answerTo(count);
    expect(answer.statusLine).toContain(' 431 ');
    expect(answer.body).toContain('the limit is 1000');
  }
});

describe('a body that is announced to be too long', () => {
  const head = 'POST /api/v1/rules HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n';

  it('is refused at once, before any of it has come', async () => {
    const answer = await exchangeOnce(url, `${head}\r\n`, true);
    expect(answer.statusLine).toContain(' 413 ');
    expect(answer.body).toContain('the limit is 1048576');
  });

  it('is not asked for', async () => {
    const socket = await openSocket(url);
    const reading = readToEnd(socket);
    socket.write(`${head}Expect: 100-continue\r\n\r\n`);
    const [answer] = parseAnswers(await reading, [true]);
    expect(answer?.statusLine).toBe('HTTP/1.1 413 Payload Too Large');
    expect(headerOf(answer ?? { statusLine: '', headers: [], body: '' }, 'Connection')).toBe('close');
  });

  it('but one within the limit is', async () => {
    const socket = await openSocket(url);
    const reading = readToEnd(socket);
    const body = '{"context_feature":"awaited"}';
    const start = 'POST /api/v1/context_features HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n';
    socket.write(`${start}Content-Length: ${body.length}\r\n\r\n`);
    await until('the service to ask for the body', () => socket.bytesRead > 0);
    socket.write(body);
    expect(await reading).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 204 /);
  });
});

describe('the absolute form of a target', () => {
  const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: other\r\nOrigin: https://x.y\r\n\r\n`;
  const told = async (target: string): Promise<object> => {
    const { statusLine, headers, body } = await exchangeOnce(url, get(target), true);
    return { statusLine, body, headers: headers.filter(([name]) => !/^(Date|X-Request-Id)$/.test(name)) };
  };

  it.each(['/api/v1/query', '/api/v1/query?settings=none', '/api/v1/settings', '/openapi.json', '/api/nothing', '/'])(
    '%s is answered as the path alone is',
    async (path) => {
      expect(await told(`http://localhost:8080${path}`)).toEqual(await told(path));
      expect(await told(`HTTPS://localhost${path}`)).toEqual(await told(path));
    },
  );

  it('without a path is the root', async () => {
    expect(await told('http://localhost')).toEqual(await told('/'));
    expect(await told('http://localhost?a=b')).toEqual(await told('/?a=b'));
  });
});

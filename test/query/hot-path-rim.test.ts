import { setTimeout as sleep } from 'node:timers/promises';
import { comparable, EXPRESS_WAY } from '../support/http/both-ways.js';
import { spawnService } from '../support/service/process.js';
import { exchange, headerOf, openSocket, parseAnswers, readToEnd } from '../support/http/raw-http.js';
import { addFeatures, addRule, declare, startTestService, type TestService } from '../support/service/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await addFeatures(service.call, 'account', 'user', 'theme');
  await declare(service.call);
  await addRule(service.call, 'cache_size', { user: 'john' }, 5);
});
afterAll(() => service.stop());

it('at debug each request is one line in the log, the same both ways', async () => {
  const child = spawnService({
    HEKSHER_DB_CONNECTION_STRING: service.database.connectionString,
    HEKSHER_LOG_LEVEL: 'debug',
    HEKSHER_LOG_FORMAT: 'json',
  });
  const { url } = await child.ready;
  const statuses = [];
  for (const queryString of ['settings=cache_size', 'settings=nothing', 'settings=-']) {
    for (const extra of ['', `${EXPRESS_WAY}\r\n`]) {
      const head = `GET /api/v1/query?${queryString} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: me\r\nConnection: close\r\n`;
      statuses.push((await exchange(url, `${head}${extra}\r\n`)).slice(9, 12));
    }
  }
  child.child.kill();
  await child.exited;
  const lines = child
    .output()
    .split('\n')
    .filter((line) => line.includes('"message":"request"'));
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(statuses).toEqual(['200', '200', '404', '404', '422', '422']);
  expect(records.map(({ status }) => String(status))).toEqual(statuses);
  for (const record of records)
    expect(record).toMatchObject({
      request_id: 'me',
      method: 'GET',
      completed: true,
      duration_ms: expect.any(Number) as number,
    });
  const fields = records.map((record) => Object.keys(record).filter((name) => name !== 'duration_ms'));
  expect(fields.filter((_, index) => index % 2 === 0)).toEqual(fields.filter((_, index) => index % 2 === 1));
});

it('during a shutdown an answer asks for the connection to be closed, either way', async () => {
  const answers = [];
  for (const extra of ['', `${EXPRESS_WAY}\r\n`]) {
    const ending = await startTestService({}, service.database);
    const blocker = await service.database.connect();
    await blocker.query('begin; select * from heksher_revision for update');
    const socket = await openSocket(ending.url);
    const reading = readToEnd(socket);
    // It must change something, or it would wait for nobody; and not what is asked for.
    const body = `{"metadata":{"n":${answers.length}}}`;
    socket.write(
      `PUT /api/v1/rules/1/metadata HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await someoneWaitsForALock();
    const stopping = ending.stop();
    socket.write(`GET /api/v1/query?settings=cache_size HTTP/1.1\r\nHost: localhost\r\n${extra}\r\n`);
    await sleep(100);
    await blocker.query('rollback');
    await blocker.end();
    const [, answer] = parseAnswers(await reading, [false, true]);
    await stopping;
    if (answer === undefined) throw new Error('no answer');
    expect(answer.statusLine).toBe('HTTP/1.1 200 OK');
    expect(headerOf(answer, 'Connection')).toBe('close');
    answers.push(comparable(answer));
  }
  expect(answers[0]).toEqual(answers[1]);
});

async function someoneWaitsForALock(): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await service.database.sql(waiting)).length === 0) await sleep(10);
}

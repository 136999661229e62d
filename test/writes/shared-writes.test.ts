import {
  type Answer,
  addFeatures,
  addRule,
  declare,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { until } from '../support/service/until.js';

/*
 * Writes of rules that wait for each other are carried out in one transaction, each as if it had one of its own. They wait while another
 * session has the row that all writers queue for.
 */
let first: TestService;
let second: TestService;
beforeAll(async () => {
  first = await startTestService();
  second = await startTestService({ HEKSHER_DB_CONNECTION_STRING: first.database.connectionString }, first.database);
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

const SETTINGS = Array.from({ length: 8 }, (_, index) => `s${index}`);
let rules: number[];

beforeEach(async () => {
  await first.database.sql('truncate context_features, settings restart identity cascade');
  await addFeatures(first.call, 'user', 'theme');
  rules = [];
  for (const name of SETTINGS) {
    await declare(first.call, { name, type: 'int', default_value: 0, configurable_features: ['user', 'theme'] });
    rules.push(await addRule(first.call, name, { user: 'john' }, 1));
  }
});

async function newest(): Promise<string> {
  const [row] = await first.database.sql<{ seq: string }>('select seq from heksher_revision');
  return row?.seq ?? '';
}

type Write = Readonly<{ method: string; path: string; body?: Readonly<Record<string, unknown>> }>;

const put = (index: number, value: number): Write => ({
  method: 'PUT',
  path: `/api/v1/rules/${rules[index] ?? 0}/value`,
  body: { value },
});
const post = (setting: string, user: string, value: number): Write => ({
  method: 'POST',
  path: '/api/v1/rules',
  body: { setting, feature_values: { user }, value },
});

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

/** The first of them waits for the row, and the others for the first. */
async function together(writes: readonly Write[]): Promise<readonly Answer[]> {
  const client = await first.database.connect();
  try {
    await client.query('begin; select from heksher_revision for update');
    const answers = writes.map(({ method, path, body }, index) =>
      first.call(method, path, {
        ...(body !== undefined && { body }),
        headers: {
          'X-Request-Id': `write-${index}`,
          'Heksher-Message': `message-${index}`,
          ...(index > 0 && { traceparent: TRACEPARENT, tracestate: `shop=${index}` }),
        },
      }),
    );
    await until('a write to wait for the row', async () => {
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      return (await first.database.sql(waiting)).length > 0;
    });
    await client.query('commit');
    return await Promise.all(answers);
  } finally {
    await client.end();
  }
}

type Logged = Readonly<{ tx: string; own: string; request_id: string; message: string; trace: string | null }>;

/** What the log has of the writes since a revision, a row for each transaction that it tells of; `own` is the one that there was. */
function logged(since: string): Promise<readonly Logged[]> {
  return first.database.sql<Logged>(
    `select c.tx, min(c.xmin::text) as own, min(c.request_id) as request_id, min(c.message) as message,
            min(c.traceparent || ' ' || c.tracestate) as trace
       from heksher_changes c where c.seq > ${since} group by c.tx order by min(c.seq)`,
  );
}

async function expectSame(): Promise<void> {
  for (const path of ['/api/v1/query', '/api/v1/rules?limit=100']) {
    const [one, other] = await Promise.all([first.call('GET', path), second.call('GET', path)]);
    expect([one.status, one.text]).toEqual([200, other.text]);
  }
}

test('writes that wait for each other share a transaction, and each has its own answer, revision and history', async () => {
  // Those that reach the service after the others were carried out have a transaction of their own.
  await until('writes to share a transaction', async () => {
    const since = await newest();
    const user = `u${since}`;
    const writes = SETTINGS.map((name, index) =>
      index % 2 === 0 ? put(index, Number(since) + index) : post(name, user, Number(since) + index),
    );
    const answers = await together(writes);
    expect(answers.map(({ status }) => status)).toEqual(writes.map(({ method }) => (method === 'PUT' ? 204 : 201)));
    const entries = await logged(since);
    const origins = new Map(entries.map(({ request_id, message, trace }) => [request_id, [message, trace]]));
    const trace = (index: number): string | null => (index === 0 ? null : `${TRACEPARENT} shop=${index}`);
    expect(origins).toEqual(new Map(writes.map((_, index) => [`write-${index}`, [`message-${index}`, trace(index)]])));
    expect(entries).toHaveLength(writes.length);
    const { body } = await first.call('GET', `/api/v1/history?after=${since}`);
    const told = (body as { entries: readonly { seq: string; request_id: string }[] }).entries.map(
      ({ seq, request_id }) => [request_id, String(seq)] as const,
    );
    const revisions = answers.map(({ headers }, index) => {
      return [`write-${index}`, headers.get('heksher-revision')?.split('-')[0]] as const;
    });
    expect(new Map(told)).toEqual(new Map(revisions));
    await expectSame();
    for (const [index, name] of SETTINGS.entries()) {
      const { text } = await first.call('GET', `/api/v1/query?settings=${name}`);
      expect(text).toContain(`"value":${Number(since) + index}`);
    }
    return new Set(entries.map(({ own }) => own)).size < writes.length;
  });
});

test('a write that the database refuses fails by itself', async () => {
  await first.database.sql(`alter table rules add constraint ours check (value <> '13')`);
  try {
    const [alone] = await together([put(0, 13)]);
    const answers = await together(SETTINGS.map((_, index) => put(index, index === 3 ? 13 : 20 + index)));
    expect(answers.map(({ status }) => status)).toEqual(
      SETTINGS.map((_, index) => (index === 3 ? alone?.status : 204)),
    );
    await expectSame();
    const values = await first.database.sql<{ value: string }>('select value from rules order by id');
    expect(values.map(({ value }) => value)).toEqual(SETTINGS.map((_, index) => (index === 3 ? '1' : `${20 + index}`)));
  } finally {
    await first.database.sql('alter table rules drop constraint ours');
  }
});

test('of equal rules one is made, and rules of one setting are each decided on those before', async () => {
  const writes = [
    ...Array.from({ length: 4 }, () => post('s0', 'ann', 1)),
    ...Array.from({ length: 4 }, (_, index) => post('s1', `ann${index}`, 1)),
    { method: 'DELETE', path: `/api/v1/rules/${rules[2] ?? 0}` },
    { method: 'DELETE', path: `/api/v1/rules/${rules[2] ?? 0}` },
  ];
  const answers = await together(writes);
  const statuses = answers.map(({ status }) => status);
  expect(statuses.slice(0, 4).sort()).toEqual([201, 409, 409, 409]);
  expect(statuses.slice(4, 8)).toEqual([201, 201, 201, 201]);
  expect(statuses.slice(8).sort()).toEqual([204, 404]);
  await expectSame();
});

test('where another process writes in between, those that were taken along are decided again', async () => {
  const since = await newest();
  for (let round = 0; round < 10; round += 1) {
    const others = SETTINGS.map((_, index) =>
      second.call('PUT', `/api/v1/rules/${rules[index] ?? 0}/value`, { body: { value: 100 + round } }),
    );
    const ours = SETTINGS.map((name) => post(name, `u${round}`, round)).map(({ method, path, body }) =>
      first.call(method, path, { ...(body !== undefined && { body }) }),
    );
    const statuses = (await Promise.all([...others, ...ours])).map(({ status }) => status);
    expect(statuses).toEqual([...SETTINGS.map(() => 204), ...SETTINGS.map(() => 201)]);
    await expectSame();
  }
  expect(await logged(since)).toHaveLength(2 * 10 * SETTINGS.length);
});

const del = (id: number): Write => ({ method: 'DELETE', path: `/api/v1/rules/${id}` });
const replace = (id: number, user: string, value: number): Write => ({
  method: 'PATCH',
  path: `/api/v1/rules/${id}`,
  body: { feature_values: { user }, value },
});

test('writes to different rules of one setting share a transaction', async () => {
  await until('writes to share a transaction', async () => {
    const since = await newest();
    const users = Array.from({ length: 6 }, (_, index) => `u${since}_${index}`);
    const ids = await Promise.all(users.map((user) => addRule(first.call, 's0', { user }, 1)));
    const before = await newest();
    const [a = 0, b = 0, c = 0, d = 0] = ids;
    const answers = await together([
      { method: 'PUT', path: `/api/v1/rules/${a}/value`, body: { value: 2 } },
      { method: 'PUT', path: `/api/v1/rules/${b}/value`, body: { value: 3 } },
      del(c),
      post('s0', `new_${since}`, 4),
      { method: 'PUT', path: `/api/v1/rules/${d}/value`, body: { value: 5 } },
    ]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 201, 204]);
    const entries = await logged(before);
    expect(entries).toHaveLength(5);
    await expectSame();
    const found = await first.call('GET', '/api/v1/query?settings=s0');
    for (const value of [2, 3, 4, 5]) expect(found.text).toContain(`"value":${value}`);
    expect(found.text).not.toContain(`["user","u${since}_2"]`);
    return new Set(entries.map(({ own }) => own)).size < entries.length;
  });
});

test('of writes about the same rule, or the same conditions, each is decided on what those before it made', async () => {
  const [rule = 0] = rules;
  const twice = await together([put(1, 5), post('s0', 'jane', 2), post('s0', 'jane', 3)]);
  expect(twice.map(({ status }) => status).sort()).toEqual([201, 204, 409]);
  await expectSame();
  const gone = await together([
    put(1, 6),
    del(rule),
    { method: 'PUT', path: `/api/v1/rules/${rule}/value`, body: { value: 9 } },
  ]);
  // Whichever came first: a value, then gone; or gone, and nothing to give a value to.
  expect(gone.map(({ status }) => status).slice(0, 2)).toEqual([204, 204]);
  expect([204, 404]).toContain(gone[2]?.status);
  expect((await first.call('GET', `/api/v1/rules/${rule}`)).status).toBe(404);
  await expectSame();
  const freed = await together([put(1, 7), post('s0', 'john', 8), post('s0', 'john', 8)]);
  expect(freed.map(({ status }) => status).sort()).toEqual([201, 204, 409]);
  await expectSame();
});

test('memory has what the database has after many writes to few rules of one setting at once', async () => {
  let random = 12_345;
  const upTo = (count: number): number => (random = (random * 48_271) % 2_147_483_647) % count;
  const known = [...rules];
  for (let round = 0; round < 12; round += 1) {
    const writes = Array.from({ length: 14 }, (): Write => {
      const id = known[upTo(known.length)] ?? 0;
      const kind = upTo(5);
      if (kind === 0) return del(id);
      if (kind === 1) return replace(id, `user${upTo(6)}`, upTo(90));
      if (kind === 2) return { method: 'PUT', path: `/api/v1/rules/${id}/value`, body: { value: upTo(90) } };
      return post('s0', `user${upTo(6)}`, upTo(90));
    });
    const answers = await together(writes);
    for (const [index, { status, body }] of answers.entries()) {
      expect([200, 201, 204, 404, 409]).toContain(status);
      if (writes[index]?.method === 'POST' && status === 201) known.push((body as { rule_id: number }).rule_id);
    }
    await expectSame();
    const same = await first.database.sql<{ count: string }>(
      `select count(*) from (select r.setting, string_agg(c.feature_value, ',') from rules r left join conditions c on c.rule = r.id
        group by r.id, r.setting) k (setting, conditions) group by k.setting, k.conditions having count(*) > 1`,
    );
    expect(same).toEqual([]);
  }
});

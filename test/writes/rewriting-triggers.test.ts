import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, addRule, declare } from '../support/service/service.js';

/* An operator's own trigger may store another value than the one that was written. */
let database: TestDatabase;
const services: ServiceProcess[] = [];
beforeAll(async () => {
  database = await createDatabase();
  await database.sql(`create function halve() returns trigger language plpgsql as
    $$ begin new.value := (new.value::integer / 2)::text; return new; end $$`);
  await database.sql('create trigger halve before insert or update on rules for each row execute function halve()');
});
afterAll(async () => {
  for (const { child } of services) child.kill('SIGKILL');
  await database.drop();
});

function start(): ServiceProcess {
  const service = spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString });
  services.push(service);
  return service;
}

it('is served as it is stored by who wrote it and by others, under one tag, and is told of at the start', async () => {
  const [one, other] = [start(), start()];
  const [{ call }, { call: ofOther }] = await Promise.all([one.ready, other.ready]);
  expect(one.output()).toContain('"triggers":["rules.halve"]');
  await addFeatures(call, 'user');
  const settings = ['a', 'b', 'c', 'd', 'e'];
  const ids: number[] = [];
  for (const name of settings) {
    await declare(call, { name, configurable_features: ['user'] });
    ids.push(await addRule(call, name, { user: 'john' }, 100));
  }
  const served = async (): Promise<unknown> => {
    const answers = await Promise.all([call, ofOther].map((ask) => ask('GET', '/api/v1/query?settings=a,b,c,d,e')));
    const [first, second] = answers.map(({ body, headers }) => ({ body, etag: headers.get('etag') }));
    expect(second).toEqual(first);
    return first?.body;
  };
  const having = (values: readonly number[]) => ({
    settings: Object.fromEntries(
      settings.map((name, index) => [name, { rules: [{ value: values[index], rule_id: ids[index] }] }]),
    ),
  });
  expect(await served()).toMatchObject(having([50, 50, 50, 50, 50]));
  expect(await call('PUT', `/api/v1/rules/${ids[0] ?? 0}/value`, { body: { value: 60 } })).toMatchObject({
    status: 204,
  });
  expect(await served()).toMatchObject(having([30, 50, 50, 50, 50]));
  // Those that wait for each other share a transaction.
  await Promise.all(
    ids.map((id, index) => call('PUT', `/api/v1/rules/${id}/value`, { body: { value: 2 * index + 2 } })),
  );
  expect(await served()).toMatchObject(having([1, 2, 3, 4, 5]));
});

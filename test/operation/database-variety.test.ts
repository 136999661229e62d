import { randomBytes } from 'node:crypto';
import { createDatabase, onServer, type TestDatabase } from '../support/database/database.js';
import { describeWithPgBouncer, type PgBouncer, startPgBouncer } from '../support/database/pgbouncer.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import {
  addFeatures,
  addRule,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { timed, until } from '../support/service/until.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
});

let service: TestService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
  await database.drop();
});
const start = async (HEKSHER_DB_CONNECTION_STRING: string, env: Readonly<Record<string, string>> = {}) =>
  (service = await startTestService({ HEKSHER_DB_CONNECTION_STRING, ...env }, database));

/** What a start that fails says, which is one line for each problem and no stack. */
async function refusalOf(service: ServiceProcess): Promise<string> {
  expect(await service.exited).toBe(1);
  expect(service.output()).not.toMatch(/\n\s+at |"stack"/);
  return service.output();
}

describeWithPgBouncer()('PgBouncer', () => {
  let bouncer: PgBouncer | undefined;
  afterEach(() => bouncer?.stop());

  it('pooling sessions is like none: declarations, writes in parallel, queries and rules', async () => {
    bouncer = await startPgBouncer(database.address, 'session');
    const { call } = await start(bouncer.connectionString);
    await addFeatures(call, 'account', 'user', 'theme');
    await declare(call);
    const names = Array.from({ length: 30 }, (_, index) => `u${String(index)}`);
    await Promise.all(names.map((name) => addRule(call, 'cache_size', { user: name }, 1)));
    const { body } = await expectStatus(200, call('GET', '/api/v1/query?context_filters=user:(u7)'));
    expect(body).toMatchObject({ settings: { cache_size: { rules: [{ value: 1 }] } } });
    expect(await database.sql(`select count(*)::int from rules`)).toEqual([{ count: 30 }]);
  });

  it.each(['transaction', 'statement'] as const)('pooling %ss is refused at start, with what to do', async (mode) => {
    bouncer = await startPgBouncer(database.address, mode);
    await expect(start(bouncer.connectionString)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/pools transactions or statements.*pool_mode to session/) as unknown,
    });
  });
});

describe('an encoding that cannot hold every text', () => {
  it.each(['LATIN1', 'SQL_ASCII'])('%s is refused at start by name', async (encoding) => {
    const name = `heksher_odd_${randomBytes(6).toString('hex')}`;
    await onServer(`create database ${name} encoding '${encoding}' lc_collate 'C' lc_ctype 'C' template template0`);
    try {
      const spawned = spawnService({
        HEKSHER_DB_CONNECTION_STRING: database.connectionString.replace(database.name, name),
      });
      expect(await refusalOf(spawned)).toContain(`has the encoding ${encoding}`);
    } finally {
      await onServer(`drop database ${name}`);
    }
  });
});

describe('a database that can only be read', () => {
  beforeEach(() => database.sql(`alter database "${database.name}" set default_transaction_read_only = on`));

  it('serves reads, refuses writes with that reason, and a start writes nothing', async () => {
    const state = () => database.sql('select seq, token from heksher_revision');
    const client = await database.connect();
    await client.query('set default_transaction_read_only = off');
    await client.query(`insert into context_features values ('user', 0)`);
    await client.end();
    const before = await state();
    const { call } = await start(database.connectionString, { HEKSHER_STARTUP_CONTEXT_FEATURES: 'user' });
    await expectStatus(200, call('GET', '/api/v1/query'));
    await expectStatus(200, call('GET', '/api/v1/context_features'));
    const refused = await call('POST', '/api/v1/context_features', { body: { context_feature: 'theme' } });
    expect(refused).toMatchObject({ status: 503 });
    expect(refused.text).toContain('can only be read');
    expect(await state()).toEqual(before);
  });

  it('takes writes at once when it can be written again, whatever sessions there are', async () => {
    const { call } = await start(database.connectionString);
    const write = async (name: string) =>
      (await call('POST', '/api/v1/context_features', { body: { context_feature: name } })).status;
    expect(await write('a')).toBe(503);
    // Sessions that are made now can only read, and stay in the pool.
    await Promise.all(Array.from({ length: 8 }, () => call('GET', '/api/v1/context_features')));
    await onServer(`alter database "${database.name}" reset default_transaction_read_only`);
    expect(await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(write))).toEqual(Array<number>(6).fill(204));
  });

  it('that lacks the schema is refused with what to do', async () => {
    const client = await database.connect();
    await client.query('set default_transaction_read_only = off');
    await client.query('drop table heksher_migrations');
    await client.end();
    const spawned = spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString });
    expect(await refusalOf(spawned)).toMatch(/can only be read; run \\?"heksher migrate\\?"/);
  });
});

describe('a user without all rights', () => {
  let role: string;
  beforeEach(async () => {
    role = `limited_${randomBytes(4).toString('hex')}`;
    await onServer(`create role ${role} login password 'p'`);
  });
  afterEach(async () => {
    await database.sql(`drop owned by ${role}`);
    await onServer(`drop role ${role}`);
  });
  const asRole = () => database.connectionString.replace(/\/\/[^@]*@/, `//${role}:p@`);
  const ALL_TABLES =
    'context_features, settings, configurable, setting_aliases, setting_metadata, rules, conditions, rule_metadata, rollouts, rollout_conditions, rollout_members, rollout_metadata';

  it('that may read only: reads are served, the log names what is missing, a write is refused for it', async () => {
    await database.sql(`grant select on all tables in schema public to ${role}`);
    const spawned = spawnService({ HEKSHER_DB_CONNECTION_STRING: asRole() });
    const { call } = await spawned.ready;
    expect(spawned.output()).toMatch(/lacks rights.*INSERT on rules/);
    await expectStatus(200, call('GET', '/api/v1/query'));
    const refused = await call('POST', '/api/v1/context_features', { body: { context_feature: 'theme' } });
    expect(refused.status).toBe(503);
    expect(refused.text).toContain('denies the service a right');
    await until('the log to name it', () => /permission denied for table heksher_revision/.test(spawned.output()));
    spawned.child.kill('SIGKILL');
    await spawned.exited;
  });

  it('that may not read a table is refused by name', async () => {
    await database.sql(`grant select on all tables in schema public to ${role}; revoke select on rules from ${role}`);
    const spawned = spawnService({ HEKSHER_DB_CONNECTION_STRING: asRole() });
    expect(await refusalOf(spawned)).toContain('lacks rights: SELECT on rules');
  });

  it('with the rights that the documents list needs no others', async () => {
    await database.sql(
      `grant select, insert, update, delete on ${ALL_TABLES} to ${role};
       grant usage on sequence rules_id_seq, rollouts_id_seq to ${role};
       grant select, update on heksher_revision to ${role};
       grant select, delete on heksher_changes to ${role};
       grant select, insert, update on heksher_changesets to ${role};
       grant select, insert, update, delete on heksher_keys, heksher_key_verifiers, heksher_key_uses, heksher_principals to ${role};
       grant select, insert, update, delete on heksher_webhooks, heksher_webhook_attempts, heksher_webhook_dead, heksher_changeset_events to ${role};
       grant select on heksher_migrations to ${role}`,
    );
    const spawned = spawnService({ HEKSHER_DB_CONNECTION_STRING: asRole() });
    const { call } = await spawned.ready;
    expect(spawned.output()).not.toContain('lacks rights');
    await addFeatures(call, 'account', 'user', 'theme');
    await declare(call);
    const rule = await addRule(call, 'cache_size', { user: 'john' }, 100);
    await expectStatus(204, call('DELETE', `/api/v1/rules/${String(rule)}`));
    expect(await database.sql(`select distinct actor from heksher_changes where "table" = 'rules'`)).toEqual([
      { actor: role },
    ]);
    spawned.child.kill('SIGKILL');
    await spawned.exited;
  });

  it('that may not create the schema is refused with the right that is missing', async () => {
    const empty = await createDatabase({ from: 'nothing' });
    await empty.sql('revoke create on schema public from public');
    const spawned = spawnService({ HEKSHER_DB_CONNECTION_STRING: asRole().replace(database.name, empty.name) });
    expect(await refusalOf(spawned)).toMatch(/permission denied for schema public.*configuration\.md/);
    await empty.drop();
  });
});

describe('a database that cannot be reached', () => {
  it('by its name: one sentence', async () => {
    const spawned = spawnService({
      HEKSHER_DB_CONNECTION_STRING: 'postgresql://u:secret@no-such-host.invalid/d',
      HEKSHER_DB_WAIT_S: '0',
    });
    const output = await refusalOf(spawned);
    expect(output).toMatch(/no-such-host\.invalid:5432.*the name of the host does not resolve/);
    expect(output).not.toContain('secret');
  });

  it('over TLS, which it does not speak: at once, not after the time to wait', async () => {
    const [ms, output] = await timed(
      refusalOf(spawnService({ HEKSHER_DB_CONNECTION_STRING: `${database.connectionString}?sslmode=require` })),
    );
    expect(output).toMatch(/the server speaks no TLS/);
    expect(ms).toBeLessThan(10_000);
  });

  it('at its first host is found at the second, and the one that can be written where that is asked for', async () => {
    const { host, port, user = 'postgres', password } = database.address;
    const credentials = password === undefined ? user : `${user}:${password}`;
    const string = `postgresql://${credentials}@127.0.0.1:1,${host}:${String(port)}/${database.name}`;
    const { call } = await start(`${string}?target_session_attrs=read-write`);
    await addFeatures(call, 'user');
    await expect(start(`${string}?target_session_attrs=standby`, { HEKSHER_DB_WAIT_S: '0' })).rejects.toThrow(
      'target_session_attrs=standby',
    );
  });
});

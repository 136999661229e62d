import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { contents } from '../support/database/contents.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, startTestService, testConfig } from '../support/service/service.js';

const running: ServiceProcess[] = [];
function spawned(env: Readonly<Record<string, string>>, args: readonly string[] = []): ServiceProcess {
  const service = spawnService(env, args);
  running.push(service);
  return service;
}
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ exited }) => exited));
});

describe('the environment', () => {
  it('is checked as a whole: every problem is told at once, and the process exits with 1', async () => {
    const service = spawned({
      PORT: 'eighty',
      DOC_ONLY: 'perhaps',
      HEKSHER_DB_CONNECTION_STRING: 'mysql://user@host/db',
      HEKSHER_DB_POOL_SIZE: '1',
      HEKSHER_STARTUP_CONTEXT_FEATURES: 'user;no name',
      HEKSHER_TARGETING_FEATURE: 'user id',
      HEKSHER_CORS_ORIGINS: 'example.com',
      HEKSHER_LOGSTASH_HOST: 'logs',
      HEKSHER_LOG_LEVEL: 'loud',
    });
    expect(await service.exited).toBe(1);
    const output = service.output();
    const problems = [
      /PORT.*"eighty"/,
      /DOC_ONLY.*"perhaps"/,
      /HEKSHER_DB_CONNECTION_STRING.*mysql/,
      /HEKSHER_DB_POOL_SIZE.*"1"/,
      /HEKSHER_STARTUP_CONTEXT_FEATURES.*"no name"/,
      /HEKSHER_TARGETING_FEATURE.*"user id"/,
      /HEKSHER_CORS_ORIGINS.*"example.com"/,
      /HEKSHER_LOGSTASH_PORT/,
      /HEKSHER_LOG_LEVEL/,
    ];
    for (const problem of problems) expect(output).toMatch(problem);
    expect(output).not.toMatch(/\bat \S+ \(/);
  });

  it.each(['mysql://u@h/d', 'u@h/d', 'postgresql://u@h:port/d'])(
    'the connection string %s is refused by name',
    async (HEKSHER_DB_CONNECTION_STRING) => {
      await expect(startTestService({ HEKSHER_DB_CONNECTION_STRING })).rejects.toThrow('HEKSHER_DB_CONNECTION_STRING');
    },
  );

  it.each([
    ['HEKSHER_DB_CONNECTION_STRING: is empty', { HEKSHER_DB_CONNECTION_STRING: '' }],
    ['HEKSHER_DB_CONNECTION_STRING: is empty', { HEKSHER_DB_CONNECTION_STRING: ' \n' }],
    ['HEKSHER_DB_CONNECTION_STRING: is not set', { NODE_ENV: 'production' }],
    ['HEKSHER_DB_CONNECTION_STRING: is not set', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }],
    ['HEKSHER_DB_CONNECTION_STRING: is not set', { HEKSHER_EMBEDDED: 'false' }],
    ['HEKSHER_EMBEDDED: asks for', { HEKSHER_EMBEDDED: 'true', HEKSHER_DB_CONNECTION_STRING: 'postgresql://h/d' }],
    ['HEKSHER_DB_CONNECTION_STRING_FILE: cannot be read', { HEKSHER_DB_CONNECTION_STRING_FILE: '/no/such/file' }],
  ])('%s, where the environment is %j: no embedded server comes up instead', (message, env) => {
    expect(() => testConfig(env)).toThrow(message);
  });

  it.each([
    [{}, true],
    [{ NODE_ENV: 'production', HEKSHER_EMBEDDED: 'true' }, true],
    [{ HEKSHER_DB_CONNECTION_STRING: '', HEKSHER_EMBEDDED: 'true' }, true],
    [{ NODE_ENV: 'production', HEKSHER_DB_CONNECTION_STRING: 'postgresql://h/d' }, false],
    [{ DOC_ONLY: 'true', NODE_ENV: 'production' }, true],
  ])('%j uses no database of its own name: %j', (env, isEmbedded) => {
    expect(testConfig(env).database === undefined).toBe(isEmbedded);
  });

  it('the connection string may be in a file; white space and line ends around any value are cut off', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'heksher-secret-'));
    const file = join(folder, 'string');
    await writeFile(file, ' postgresql+asyncpg://u:p@ss@h/d\r\n');
    const config = testConfig({
      HEKSHER_DB_CONNECTION_STRING_FILE: `${file}\n`,
      PORT: ' 81 ',
      HEKSHER_LOG_LEVEL: 'debug\r',
    });
    expect(config).toMatchObject({ port: 81, log: { level: 'debug' } });
    expect(config.database).toMatchObject({ host: 'h', user: 'u', password: 'p@ss' });
    const both = { HEKSHER_DB_CONNECTION_STRING_FILE: file, HEKSHER_DB_CONNECTION_STRING: 'postgresql://h/d' };
    expect(() => testConfig(both)).toThrow('only one of them');
    await rm(folder, { recursive: true });
  });

  it('variables that Kubernetes sets for a service are no variables of ours, and SENTRY_DSN does nothing', () => {
    const config = testConfig({
      HEKSHER_EMBEDDED: 'true',
      HEKSHER_PORT: 'tcp://10.0.0.7:80',
      HEKSHER_PORT_80_TCP: 'tcp://10.0.0.7:80',
      HEKSHER_PORT_80_TCP_ADDR: '10.0.0.7',
      HEKSHER_SERVICE_HOST: '10.0.0.7',
      HEKSHER_SERVICE_PORT_HTTP: '80',
      HEKSHER_LOGSTASH_PORT: 'tcp://10.0.0.8:5044',
      HEKSHER_LOGSTASH_SERVICE_HOST: '10.0.0.8',
      HEKSHER_LOG_LEVL: 'debug',
      SENTRY_DSN: 'https://key@sentry.example.com/1',
    });
    expect(config.unknownVariables).toEqual(['HEKSHER_LOG_LEVL']);
    expect(config.log.logstash).toBeUndefined();
    expect(config.warnings).toEqual([expect.stringContaining('SENTRY_DSN is not supported')]);
  });

  it('a password is in no line, also where the connection string cannot be read', async () => {
    const strings = [
      'postgresql://u:hunter2@h:x/d?sslmode=on',
      'postgresql://u:hun?ter2=1',
      'mysql://u:hunter2@h/d',
      'hunter2',
    ];
    for (const HEKSHER_DB_CONNECTION_STRING of strings) {
      const service = spawned({ HEKSHER_DB_CONNECTION_STRING });
      expect(await service.exited).toBe(1);
      expect(service.output()).toContain('HEKSHER_DB_CONNECTION_STRING');
      expect(service.output()).not.toMatch(/hunter2|ter2/);
    }
  });

  it('a command that it does not know is named, with the usage, and ends with 2', async () => {
    const service = spawned({}, ['upgrade', '-x']);
    expect(await service.exited).toBe(2);
    expect(service.output()).toContain('there is no command "upgrade -x"');
    expect(service.output()).toContain('usage');
  });

  it.each([
    ['--help', /^usage: heksher/],
    ['-h', /^usage: heksher/],
    ['--version', /^\d+\.\d+\.\d+\n$/],
  ])('%s needs nothing and ends with 0', async (option, printed) => {
    const service = spawned({ PORT: 'eighty' }, [option]);
    expect(await service.exited).toBe(0);
    expect(service.output()).toMatch(printed);
  });

  it('a port that is taken is said in one sentence, with what to do', async () => {
    const first = spawned({ DOC_ONLY: 'true' });
    const { port } = new URL((await first.ready).url);
    const second = spawned({ DOC_ONLY: 'true', PORT: port });
    expect(await second.exited).toBe(1);
    const lines = second.output().trim().split('\n');
    expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([
      expect.stringContaining(`port ${port}: another program does; end it, or set PORT to a free port`),
    ]);
    expect(second.output()).not.toMatch(/EADDRINUSE|\bat \S+ \(/);
  });

  it.each(['192.0.2.1', 'no-such-host.invalid'])('HOST=%s, which it cannot have, likewise', async (HOST) => {
    const service = spawned({ DOC_ONLY: 'true', HOST });
    expect(await service.exited).toBe(1);
    expect(service.output()).toMatch(/cannot listen on .*; set HOST to/);
    expect(service.output()).not.toMatch(/\bat \S+ \(/);
  });

  it('without HOST it listens on IPv4, and on IPv6 where there is one', async () => {
    const { url } = await spawned({ DOC_ONLY: 'true', HOST: '' }).ready;
    const { port } = new URL(url);
    expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
    const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
    if (!hasIpv6) console.warn('no ::1 on this machine: IPv6 was not tried');
    else expect((await fetch(`http://[::1]:${port}/api/health`)).status).toBe(200);
  });

  it('the root leads to the documents', async () => {
    const { url } = await spawned({ DOC_ONLY: 'true' }).ready;
    const answer = await fetch(`${url}/`);
    expect(answer.url).toBe(`${url}/docs`);
    expect(await answer.text()).toContain('Swagger UI');
  });

  it('DOC_ONLY=true needs nothing else: documents and health are served, all else says why not', async () => {
    const { call } = await spawned({ DOC_ONLY: 'true' }).ready;
    expect((await call('GET', '/api/health')).body).toEqual({ version: expect.any(String) as unknown, doc_only: true });
    for (const path of ['/docs', '/redoc', '/openapi.json']) expect((await call('GET', path)).status).toBe(200);
    for (const path of ['/api/v1/settings', '/api/v1/query', '/api/v1/rules/1', '/nothing']) {
      const answer = await call('GET', path);
      expect(answer.status).toBe(500);
      expect(answer.text).toContain('DOC_ONLY');
    }
  });
});

describe('on a database of its own', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  const store = (...names: readonly string[]) =>
    Promise.all(
      names.map((name, index) => database.sql('insert into context_features values ($1, $2)', [name, index])),
    );
  const start = (expected: string) => startTestService({ HEKSHER_STARTUP_CONTEXT_FEATURES: expected }, database);

  describe('HEKSHER_STARTUP_CONTEXT_FEATURES', () => {
    it.each([
      [[], 'user;trust;theme', ['user', 'trust', 'theme']],
      [['user', 'trust', 'theme'], 'user;trust;theme', ['user', 'trust', 'theme']],
      [['trust'], 'user;trust;theme', ['user', 'trust', 'theme']],
      [['user', 'theme'], 'user;trust;theme', ['user', 'trust', 'theme']],
      [['theme'], ' user ; theme ;T_2', ['user', 'theme', 'T_2']],
    ])('from %j by %s makes %j', async (stored, expected, result) => {
      await store(...stored);
      const service = await start(expected);
      expect((await service.call('GET', '/api/v1/context_features')).body).toEqual({ context_features: result });
      await service.stop();
      const rows = await database.sql('select name, index from context_features order by index');
      expect(rows).toEqual(result.map((name, index) => ({ name, index })));
    });

    it('closes holes in the indices', async () => {
      await database.sql(`insert into context_features values ('user', 4), ('theme', 9)`);
      await (await start('user;theme')).stop();
      expect(await database.sql('select index from context_features order by index')).toEqual([
        { index: 0 },
        { index: 1 },
      ]);
    });

    it.each([
      [['user', 'theme'], 'theme;user'],
      [['user', 'rank'], 'user;trust;theme'],
      [['user', 'trust', 'theme'], 'user;theme'],
      [['trust', 'user', 'theme'], 'user;trust;theme'],
    ])('from %j to %s is refused: both lists are told, and nothing is changed', async (stored, expected) => {
      await store(...stored);
      const before = await contents(database);
      await expect(start(expected)).rejects.toThrow(
        new RegExp(`${expected.replaceAll(';', '.{1,3}')}.*${stored.join('.{1,3}')}`),
      );
      expect(await contents(database)).toEqual(before);
    });

    it('refused, the process exits with 1 and logs what was expected and found', async () => {
      await store('user', 'rank');
      const HEKSHER_DB_CONNECTION_STRING = database.connectionString;
      const service = spawned({ HEKSHER_DB_CONNECTION_STRING, HEKSHER_STARTUP_CONTEXT_FEATURES: 'user;theme' });
      expect(await service.exited).toBe(1);
      expect(service.output()).toMatch(/user, theme.*user, rank/);
    });

    it('unset, the stored list is taken as it is', async () => {
      await database.sql(`insert into context_features values ('user', 4), ('theme', 9)`);
      const service = await startTestService({}, database);
      expect((await service.call('GET', '/api/v1/context_features')).body).toEqual({
        context_features: ['user', 'theme'],
      });
      await service.stop();
      expect(await database.sql('select index from context_features order by index')).toEqual([
        { index: 4 },
        { index: 9 },
      ]);
    });
  });

  it('a port in use ends the start with 1, naming it', async () => {
    const first = await spawned({ HEKSHER_DB_CONNECTION_STRING: database.connectionString }).ready;
    const { port } = new URL(first.url);
    const second = spawned({ HEKSHER_DB_CONNECTION_STRING: database.connectionString, PORT: port });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(port);
    expect((await first.call('GET', '/api/health')).status).toBe(200);
  });

  it('HEKSHER_TARGETING_FEATURE that is no context feature is warned of, one that is or comes at start is not', async () => {
    const warning = (env: Readonly<Record<string, string>>) => {
      const service = spawned({
        HEKSHER_DB_CONNECTION_STRING: database.connectionString,
        HEKSHER_TARGETING_FEATURE: 'user',
        ...env,
      });
      return service.ready.then(() => service.output().includes('HEKSHER_TARGETING_FEATURE is no context feature'));
    };
    expect(await warning({})).toBe(true);
    expect(await warning({ HEKSHER_STARTUP_CONTEXT_FEATURES: 'user' })).toBe(false);
    expect(await warning({})).toBe(false);
  });

  it('a query by context features that do not exist is logged at info', async () => {
    const service = spawned({ HEKSHER_DB_CONNECTION_STRING: database.connectionString });
    const { call } = await service.ready;
    expect((await call('GET', '/api/v1/query?context_filters=rank:(x)')).status).toBe(200);
    const deadline = Date.now() + 5_000;
    while (!service.output().includes('"rank"') && Date.now() < deadline)
      await new Promise((wait) => setTimeout(wait, 50));
    const line = service
      .output()
      .split('\n')
      .find((printed) => printed.includes('"rank"'));
    expect(line).toMatch(/"level":"info"/i);
  });
});

describe('on an empty database', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase({ from: 'nothing' });
  });
  afterEach(() => database.drop());

  it('five processes at once all come up, and agree', async () => {
    const env = {
      HEKSHER_DB_CONNECTION_STRING: database.connectionString,
      HEKSHER_STARTUP_CONTEXT_FEATURES: 'user;trust;theme',
    };
    const services = await Promise.all(Array.from({ length: 5 }, () => spawned(env).ready));
    await addFeatures(services[0]?.call ?? fail, 'rank');
    for (const { call } of services) {
      const { body } = await call('GET', '/api/v1/context_features');
      expect(body).toEqual({ context_features: ['user', 'trust', 'theme', 'rank'] });
    }
  });

  it.each([
    [['migrate'], []],
    // As the image of Heksher 0.5 was used, with whatever options.
    [
      ['alembic', 'upgrade', 'head'],
      ['uvicorn', 'heksher.main:app', '--host', '0.0.0.0', '--port', '80'],
    ],
  ])('without migration at start it stops, and says what to run; after %j it runs', async (command, run) => {
    const env = { HEKSHER_DB_CONNECTION_STRING: database.connectionString, HEKSHER_MIGRATE_ON_START: 'false' };
    const tables = () => database.sql(`select tablename from pg_tables where schemaname = 'public'`);
    const early = spawned(env);
    expect(await early.exited).toBe(1);
    expect(early.output()).toContain('heksher migrate');
    expect(await tables()).toEqual([]);
    expect(await spawned(env, command).exited).toBe(0);
    expect(await tables()).not.toEqual([]);
    expect((await (await spawned(env, run).ready).call('GET', '/api/health')).status).toBe(200);
  });
});

it('a database that is not there ends the start with 1, naming it, after the time to wait', async () => {
  const service = spawned({
    HEKSHER_DB_CONNECTION_STRING: 'postgresql://u:secret@127.0.0.1:1/gone',
    HEKSHER_DB_WAIT_S: '0',
  });
  expect(await service.exited).toBe(1);
  expect(service.output()).toMatch(/127\.0\.0\.1:1.*gone/);
  expect(service.output()).not.toContain('secret');
});

function fail(): never {
  throw new Error('no service runs');
}

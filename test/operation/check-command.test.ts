import { createDatabase } from '../support/database/database.js';
import { spawnService } from '../support/service/process.js';
import { startTestService } from '../support/service/service.js';

type Environment = Readonly<Record<string, string>>;

async function check(env: Environment): Promise<Readonly<{ code: number | string; printed: string }>> {
  const { exited, output } = spawnService(env, ['check']);
  const code = await exited;
  return { code, printed: output() };
}

it('says that all is well, where a service would start', async () => {
  const service = await startTestService();
  try {
    const env = { HEKSHER_DB_CONNECTION_STRING: service.database.connectionString };
    expect(await check(env)).toEqual({ code: 0, printed: 'ok: the database\n' });
  } finally {
    await service.stop();
  }
});

it('says what the database lacks, and does not bring it there', async () => {
  const database = await createDatabase({ from: 'nothing' });
  try {
    const { code, printed } = await check({ HEKSHER_DB_CONNECTION_STRING: database.connectionString });
    expect(code).toBe(1);
    expect(printed).toMatch(
      /^failed: the database: the database lacks the migrations CreateTables.*run "heksher migrate" first\n$/,
    );
    expect(await database.sql(`select from pg_tables where schemaname = 'public'`)).toEqual([]);
  } finally {
    await database.drop();
  }
});

it('tells everything that is the matter at once', async () => {
  const { code, printed } = await check({
    HEKSHER_DB_CONNECTION_STRING: 'postgresql://nobody@127.0.0.1:1/none',
    HEKSHER_AUTH: 'on',
    HEKSHER_OAUTH_ISSUER: 'http://127.0.0.1:1',
    HEKSHER_OAUTH_AUDIENCE: 'https://settings.example.com',
  });
  expect(code).toBe(1);
  expect(printed).toMatch(/^failed: the database: .*127\.0\.0\.1.*$/m);
  expect(printed).toMatch(/^failed: the issuer http:\/\/127\.0\.0\.1:1: .*openid-configuration.*$/m);
  const wrong = await check({ PORT: 'x', HEKSHER_AUTH: 'perhaps' });
  expect([wrong.code, wrong.printed]).toEqual([1, expect.stringMatching(/PORT: [\s\S]*HEKSHER_AUTH: /)]);
});

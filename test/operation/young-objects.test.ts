import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { REPOSITORY } from '../support/repository.js';
import { spawnService } from '../support/service/process.js';
import { until } from '../support/service/until.js';

const PROBE = `${REPOSITORY}test/support/service/young-objects.mjs`;
const PROBED = ['--allow-natives-syntax', '--import', PROBE];

let database: TestDatabase;
beforeAll(async () => (database = await createDatabase()));
afterAll(() => database.drop());

/** The image runs the first. */
it.each([[''], ['serve'], ['uvicorn heksher.main:app']])(
  'the process that serves by "heksher %s" makes objects young of which all before lived on',
  async (line) => {
    const program = [...PROBED, `${REPOSITORY}apps/heksher/dist/heksher.js`];
    const env = { HEKSHER_DB_CONNECTION_STRING: database.connectionString };
    const { ready, child, exited, output } = spawnService(env, line.split(' ').filter(Boolean), program);
    try {
      const { call } = await ready;
      child.kill('SIGUSR2');
      await until('the objects to be made', () => output().includes('young objects: '));
      expect(output()).toContain('young objects: 1000\n');
      expect((await call('GET', '/api/health')).status).toBe(200);
    } finally {
      child.kill();
    }
    expect(await exited).toBe(0);
  },
);

const makesOld = Number(process.versions.node.split('.')[0]) < 24;
if (!makesOld)
  console.warn(
    'SKIPPED: the V8 of this Node makes such objects young by itself, so that it does not show what the flag does',
  );

(makesOld ? it : it.skip)('would not do so by itself', async () => {
  const waiting = 'process.stdin.resume(); console.log("ready")';
  const child = spawn(process.execPath, [...PROBED, '--eval', waiting], { stdio: ['pipe', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await until('it to begin', () => printed.includes('ready'));
  // V8 decides so in one of its collections, with what it knows by then.
  for (let times = 1; times <= 10 && !printed.includes('young objects: 0\n'); times += 1) {
    child.kill('SIGUSR2');
    await until('the objects to be made', () => printed.split('young objects: ').length > times);
  }
  expect(printed).toContain('young objects: 0\n');
  child.stdin.end();
  await once(child, 'close');
});

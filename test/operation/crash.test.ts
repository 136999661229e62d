import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '../support/database/database.js';
import { NoAnswer } from '../support/service/call.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, type Call, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';

const ROUNDS = 4;
const WRITERS = 6;

/** What a client was told; `renamed` is false also where the answer never came. */
type Acknowledged = { name: string; ruleId: number | undefined; isRenamed: boolean };

const METADATA = { owner: 'team', note: '1', since: [2020] };

/** One client: a new setting, a rule for it, a new name for it, and again, until the service is gone. */
async function writeOn(call: Call, prefix: string, acknowledged: Acknowledged[]): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const entry: Acknowledged = { name: `${prefix}_${turn}`, ruleId: undefined, isRenamed: false };
    try {
      await writeOnce(call, entry, acknowledged);
    } catch (error) {
      // The service is gone; an answer with another status is a failure.
      if (error instanceof NoAnswer) return;
      throw error;
    }
  }
}

async function writeOnce(call: Call, entry: Acknowledged, acknowledged: Acknowledged[]): Promise<void> {
  const { name } = entry;
  const declaration = {
    name,
    type: 'int',
    default_value: 1,
    configurable_features: ['user', 'theme'],
    metadata: METADATA,
  };
  await expectStatus(200, call('POST', '/api/v1/settings/declare', { body: declaration }));
  acknowledged.push(entry);
  const rule = { setting: name, feature_values: { user: 'guest', theme: 'dark' }, value: 2, metadata: METADATA };
  const { body } = await expectStatus(201, call('POST', '/api/v1/rules', { body: rule }));
  entry.ruleId = (body as { rule_id: number }).rule_id;
  await expectStatus(
    204,
    call('PUT', `/api/v1/settings/${name}/name`, { body: { name: `${name}_new`, version: '1.1' } }),
  );
  entry.isRenamed = true;
}

/** Let clients write for a while, then kill the service amid it. */
async function writeUntilKilled({ child, ready, exited }: ServiceProcess, round: string): Promise<Acknowledged[]> {
  const { call } = await ready;
  const acknowledged: Acknowledged[] = [];
  const writers = Array.from({ length: WRITERS }, (_, writer) => writeOn(call, `${round}_${writer}`, acknowledged));
  await until('some writes', () => acknowledged.filter(({ isRenamed }) => isRenamed).length > WRITERS);
  await sleep(Math.random() * 100);
  child.kill('SIGKILL');
  expect(await exited).toBe('SIGKILL');
  await Promise.all(writers);
  return acknowledged;
}

type Stored = Readonly<{ name: string; aliases: readonly string[]; metadata: unknown; version: string }>;

async function expectThere(call: Call, acknowledged: readonly Acknowledged[]): Promise<void> {
  const { body } = await expectStatus(200, call('GET', '/api/v1/settings?include_additional_data=true'));
  const settings = (body as { settings: Stored[] }).settings;
  const rules = (await expectStatus(200, call('GET', '/api/v1/query?include_metadata=true'))).body as {
    settings: Record<string, { rules: unknown[] }>;
  };
  for (const { name, ruleId, isRenamed } of acknowledged) {
    const setting = settings.find((candidate) => candidate.name === name || candidate.aliases.includes(name));
    expect(setting).toMatchObject({ metadata: METADATA });
    if (isRenamed) expect(setting).toMatchObject({ name: `${name}_new`, aliases: [name], version: '1.1' });
    if (ruleId === undefined) continue;
    const rule = {
      rule_id: ruleId,
      value: 2,
      context_features: [
        ['user', 'guest'],
        ['theme', 'dark'],
      ],
      metadata: METADATA,
    };
    expect(rules.settings[setting?.name ?? '']?.rules).toEqual([rule]);
  }
}

/** Acknowledged or not, each thing is there as a whole or not at all. */
const HALF_DONE = `
  select 'setting ' || s.name as half_done from settings s
   where (select count(*) from configurable c where c.setting = s.name) <> 2
      or (select count(*) from setting_metadata m where m.setting = s.name) <> 3
      or (s.name like '%\\_new') <> (s.version = '1.1')
      or (s.name like '%\\_new') <> exists (select from setting_aliases a where a.setting = s.name and a.alias || '_new' = s.name)
  union all
  select 'rule ' || r.id from rules r
   where (select count(*) from conditions c where c.rule = r.id) <> 2
      or (select count(*) from rule_metadata m where m.rule = r.id) <> 3
  union all
  select 'revision ' || v.seq from heksher_revision v
   where not exists (select from heksher_changes c where c.seq = v.seq and c.token = v.token)
      or exists (select from heksher_changes c where c.seq > v.seq)`;

it('has all that was acknowledged and nothing by halves after kill -9 amid writes, time and again', async () => {
  const database = await createDatabase();
  const env = { HEKSHER_DB_CONNECTION_STRING: database.connectionString, HEKSHER_LOG_LEVEL: 'info' };
  let service = spawnService(env);
  try {
    await addFeatures((await service.ready).call, 'user', 'theme');
    const acknowledged: Acknowledged[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      acknowledged.push(...(await writeUntilKilled(service, `round${round}`)));
      await until('the killed service to be gone from the database', async () => {
        const sessions = await database.sql(
          `select from pg_stat_activity where datname = $1 and application_name = 'heksher'`,
          [database.name],
        );
        return sessions.length === 0;
      });
      expect(await database.sql(HALF_DONE)).toEqual([]);
      service = spawnService(env);
      await expectThere((await service.ready).call, acknowledged);
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS * WRITERS);
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
  } finally {
    service.child.kill('SIGKILL');
    await service.exited;
    await database.drop();
  }
}, 120_000);

it('starts again on its embedded server after kill -9 amid writes, with all that was acknowledged and one server only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-crash-'));
  const env = { HEKSHER_DATA_DIR: join(folder, 'data') };
  let service = spawnService(env);
  try {
    await addFeatures((await service.ready).call, 'user', 'theme');
    const orphan = await serverIn(folder);
    const acknowledged = await writeUntilKilled(service, 'embedded');
    expect(await isAlive(orphan)).toBe(true);
    service = spawnService(env);
    await expectThere((await service.ready).call, acknowledged);
    const server = await serverIn(folder);
    expect([await isAlive(orphan), await isAlive(server)]).toEqual([false, true]);
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    expect(await isAlive(server)).toBe(false);
  } finally {
    service.child.kill('SIGTERM');
    await service.exited;
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

/** The process id of the PostgreSQL server that runs on a data directory somewhere in the folder. */
async function serverIn(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const file = files.find((name) => name.endsWith('postmaster.pid'));
  if (file === undefined) throw new Error(`no server in ${folder}: ${files.slice(0, 20).join(', ')}`);
  const [pid] = (await readFile(join(folder, file), 'utf8')).split('\n');
  return Number(pid);
}

/** One that ended and whose parent has not yet asked for its exit code does not count. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !stat.includes(') Z ');
}

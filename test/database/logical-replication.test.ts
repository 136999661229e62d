import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@heksher/embedded-postgres';
import { migrate } from '../../libs/database/src/migrate.js';
import { execute, withDataSource } from '../support/database/database-server.js';
import { DATA_TABLES, SAMPLE_ROWS } from '../support/database/heksher-05.js';
import { ROLLOUT_ROWS, ROLLOUT_TABLES } from '../support/database/rollouts.js';
import { readContents } from '../support/database/table-contents.js';
import { until } from '../support/service/until.js';

let folder: string;
let postgres: EmbeddedPostgres;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-replication-'));
  postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), settings: { wal_level: 'logical' } });
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The blocks of SQL that the page on configuration shows: to prepare a copy, and to make it a database of its own. */
async function documentedSql(): Promise<readonly [prepare: string, release: string]> {
  const page = await readFile('docs/configuration.md', 'utf8');
  const blocks = Array.from(page.matchAll(/```sql\n([\s\S]*?)```/g), ([, sql = '']) => sql);
  const [prepare, release] = ['disable trigger', 'enable always trigger'].map((what) =>
    blocks.find((sql) => sql.includes(what)),
  );
  if (prepare === undefined || release === undefined) throw new Error('the page does not show how a copy is made');
  return [prepare, release];
}

test('a copy by logical replication, prepared as the documents say, has the contents, the revision and the log; then it can be written', async () => {
  const [source, copy] = ['source', 'copy'].map((database) => ({ ...postgres.address, database }));
  if (source === undefined || copy === undefined) throw new Error('two databases are needed');
  for (const { database } of [source, copy]) await execute(postgres.address, `create database ${database}`);
  for (const address of [source, copy]) await withDataSource(address, migrate);
  await execute(source, `${SAMPLE_ROWS} ${ROLLOUT_ROWS}`);
  const [prepare, release] = await documentedSql();
  await execute(copy, prepare);
  await execute(source, 'create publication everything for all tables');
  await execute(source, `select pg_create_logical_replication_slot('copying', 'pgoutput')`);
  const { port, user, password } = postgres.address;
  await execute(
    copy,
    `create subscription copying connection 'host=127.0.0.1 port=${String(port)} user=${user} password=${password} dbname=source'
     publication everything with (create_slot = false)`,
  );
  await withDataSource(source, (here) =>
    withDataSource(copy, async (there) => {
      const tables = [...DATA_TABLES, ...ROLLOUT_TABLES, 'heksher_revision', 'heksher_changes'];
      const same = async () =>
        JSON.stringify(await readContents(here, tables)) === JSON.stringify(await readContents(there, tables));
      await until('the first copy', same);
      await here.query(`update settings set name = 'renamed' where name = 'limits'`);
      await here.query(`update rules set value = '21' where id = 1`);
      await here.query(`delete from rollout_members where unit = 'jim'`);
      await until('the changes', same);

      await execute(
        copy,
        'alter subscription copying disable; alter subscription copying set (slot_name = none); drop subscription copying',
      );
      await execute(copy, release);
      const seq = () => there.query<readonly [{ seq: string }]>('select seq from heksher_revision');
      const [before] = await seq();
      await there.query(`insert into rules (setting, value) values ('cache_size', '22')`);
      const [after] = await seq();
      expect(Number(after.seq)).toBe(Number(before.seq) + 1);
    }),
  );
}, 240_000);

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeksherError } from '@heksher/core';
import pg from 'pg';
import { type DatabaseAddress } from '../../libs/database/src/connection-string.js';
import { findBinaries, restoreLinks } from '../../libs/embedded-postgres/src/binaries.js';
import { isAlive, waitForEnd } from '../../libs/embedded-postgres/src/processes.js';
import { startEmbeddedPostgres } from '../../libs/embedded-postgres/src/embedded-postgres.js';
import { until } from '../support/service/until.js';
import {
  type EmbeddedChild,
  killChild,
  startEmbeddedChild,
  writeEmbeddedProgram,
} from '../support/embedded-postgres/embedded-child.js';

let folder: string;
let dataDir: string;
let program: string;
let stopAll: (() => Promise<void>)[] = [];

/** One cluster for all tests: each must find what the one before left. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-embedded-'));
  dataDir = join(folder, 'not', 'yet', 'there');
  program = await writeEmbeddedProgram(folder);
  const { address } = await start();
  await query(address, 'create table kept (id serial, note text)');
  await stopEverything();
});
afterEach(stopEverything);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function stopEverything(): Promise<void> {
  for (const stop of stopAll.reverse()) await stop();
  stopAll = [];
}

async function start(
  directory = dataDir,
): Promise<{ address: DatabaseAddress; messages: string[]; stop: () => Promise<void> }> {
  const messages: string[] = [];
  const server = await startEmbeddedPostgres({ dataDir: directory, log: (message) => void messages.push(message) });
  stopAll.push(server.stop);
  return { ...server, messages };
}

async function startChild(): Promise<EmbeddedChild> {
  const child = await startEmbeddedChild(program, dataDir);
  stopAll.push(async () => {
    if (child.process.exitCode === null && child.process.signalCode === null) await killChild(child);
  });
  return child;
}

async function query<Row extends pg.QueryResultRow>(address: DatabaseAddress, sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ ...address, ssl: false });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function note(address: DatabaseAddress, text: string): Promise<void> {
  await query(address, `insert into kept (note) values ('${text}')`);
}

async function notes(address: DatabaseAddress): Promise<readonly string[]> {
  return (await query<{ note: string }>(address, 'select note from kept order by id')).map((row) => row.note);
}

async function serverPid(): Promise<number> {
  return Number((await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function refusal(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HeksherError)) throw new Error(`not refused: ${String(error)}`);
  expect(error.code).toBe('unavailable');
  return error.message;
}

test('starts twice in a row on the same data, with the same password, only for this machine', async () => {
  const first = await start();
  await note(first.address, 'first');
  expect(await query(first.address, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await query(first.address, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  await expect(query({ ...first.address, password: 'guess' }, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  await first.stop();
  await first.stop();
  await expect(query(first.address, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const second = await start();
  expect(second.address.password).toBe(first.address.password);
  expect(await notes(second.address)).toContain('first');
  expect(second.messages).toEqual([]);
});

test('is refused while this process already runs one there, which goes on', async () => {
  const { address } = await start();
  expect(await refusal(start())).toBe(`HEKSHER_DATA_DIR ${dataDir} is in use by process ${String(process.pid)}`);
  expect(await query(address, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('is refused while another process runs one there, which goes on', async () => {
  const child = await startChild();
  expect(await refusal(start())).toBe(`HEKSHER_DATA_DIR ${dataDir} is in use by process ${String(child.pid)}`);
  expect(await query(child.address, 'select 1 as one')).toEqual([{ one: 1 }]);
  await killChild(child);
  await start();
});

test('stops the server that a killed process left behind, and loses nothing', async () => {
  const child = await startChild();
  await note(child.address, 'before the kill');
  const orphan = await serverPid();
  await killChild(child);
  await note(child.address, 'after the kill');
  const { address, messages } = await start();
  expect(await isAlive(orphan)).toBe(false);
  expect(await serverPid()).not.toBe(orphan);
  expect(messages).toEqual([
    `stopping the embedded PostgreSQL (process ${String(orphan)}) that an earlier run left behind`,
  ]);
  expect((await notes(address)).slice(-2)).toEqual(['before the kill', 'after the kill']);
});

test('recovers after the server itself was killed, and never touches a process that has its id now', async () => {
  const child = await startChild();
  await note(child.address, 'acknowledged');
  const server = await serverPid();
  await killChild(child);
  process.kill(server, 'SIGKILL');
  expect(await waitForEnd(server, 5000)).toBe(true);
  const foreign = spawn('sleep', ['60']);
  const ended = new Promise((resolve) => foreign.once('exit', (_, signal) => resolve(signal)));
  const file = join(dataDir, 'cluster', 'postmaster.pid');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(foreign.pid)));
  const { address } = await start();
  expect((await notes(address)).at(-1)).toBe('acknowledged');
  expect(foreign.exitCode ?? foreign.signalCode).toBeNull();
  foreign.kill('SIGTERM');
  expect(await ended).toBe('SIGTERM');
});

test('a server that ends by itself is reported, and started again at the same address with nothing lost', async () => {
  const failures: string[] = [];
  let restarts = 0;
  const { address, isUp, stop } = await startEmbeddedPostgres({
    dataDir,
    onFailure: (message) => void failures.push(message),
    onRestart: () => (restarts += 1),
  });
  stopAll.push(stop);
  await note(address, 'before the end');
  for (const turn of [1, 2]) {
    process.kill(await serverPid(), 'SIGKILL');
    await until('the server to be missed', () => !isUp());
    await until('the server to be up again', () => restarts === turn);
    expect(isUp()).toBe(true);
    expect(await query(address, `select note from kept where note = 'before the end'`)).toHaveLength(1);
  }
  expect(failures[0]).toMatch(/^the embedded PostgreSQL ended by itself \(SIGKILL\)/);
});

test('stopped while it is being started again, it stays down', async () => {
  const { address, stop } = await startEmbeddedPostgres({ dataDir });
  process.kill(await serverPid(), 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await stop();
  await expect(query(address, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('the server outlives what a terminal sends to the group of its parent', async () => {
  const child = await startChild();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(-child.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await query(child.address, 'select 1 as one')).toEqual([{ one: 1 }]);
  await killChild(child);
  await start();
});

test('takes the directory from an owner whose id another process has now', async () => {
  await writeFile(join(dataDir, 'owner.json'), JSON.stringify({ pid: process.ppid, birth: 'another boot 1' }));
  await start();
  expect(await readFile(join(dataDir, 'owner.json'), 'utf8')).toContain(`"pid":${String(process.pid)}`);
});

test('begins anew where an earlier start was cut off in the making of the cluster', async () => {
  const cut = join(folder, 'cut');
  await mkdir(join(cut, 'cluster.new-1', 'base'), { recursive: true });
  await writeFile(join(cut, 'password'), 'of no cluster');
  await writeFile(join(cut, 'owner.json'), '');
  const { address } = await start(cut);
  expect(await query(address, 'select current_database()')).toEqual([{ current_database: 'heksher' }]);
  expect((await readdir(cut)).sort()).toEqual(['cluster', 'owner.json', 'password', 'server.log']);
});

describe('refuses, saying what to do, and changes nothing', () => {
  test('a cluster of another major version', async () => {
    const file = join(dataDir, 'cluster', 'PG_VERSION');
    const version = await readFile(file, 'utf8');
    await writeFile(file, '12\n');
    expect(await refusal(start())).toMatch(
      /made by PostgreSQL 12, and the embedded one is 18; .*HEKSHER_DB_CONNECTION_STRING/,
    );
    await writeFile(file, version);
    await start();
  });

  test('a directory with files that are not ours', async () => {
    const foreign = join(folder, 'foreign');
    await mkdir(foreign);
    await writeFile(join(foreign, 'thesis.tex'), '');
    expect(await refusal(start(foreign))).toMatch(
      /holds files that are not Heksher's \(thesis.tex\); name a new or an empty/,
    );
    expect(await readdir(foreign)).toEqual(['thesis.tex']);
  });

  test('a path that is a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await refusal(start(file))).toMatch(/cannot use HEKSHER_DATA_DIR .*file: /);
  });

  test('a cluster whose password is lost', async () => {
    const password = await readFile(join(dataDir, 'password'), 'utf8');
    await rm(join(dataDir, 'password'));
    expect(await refusal(start())).toMatch(/password, which opens .*cluster, is missing/);
    await writeFile(join(dataDir, 'password'), password, { mode: 0o600 });
    await start();
  });

  test('a platform without binaries', async () => {
    expect(await refusal(findBinaries('plan9-mips'))).toBe(
      'there is no embedded PostgreSQL for plan9-mips here: set HEKSHER_DB_CONNECTION_STRING to use a PostgreSQL of your own',
    );
  });
});

test('links that an installation without scripts left out are made, those that are there stay', async () => {
  const root = join(folder, 'package');
  await mkdir(join(root, 'native', 'lib'), { recursive: true });
  await symlink('elsewhere', join(root, 'native', 'lib', 'libb.so'));
  const links = ['liba', 'libb'].map((name) => ({
    source: `native/lib/${name}.so.5.18`,
    target: `native/lib/${name}.so`,
  }));
  await writeFile(join(root, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  await restoreLinks(root);
  await restoreLinks(root);
  expect(await readlink(join(root, 'native', 'lib', 'liba.so'))).toBe('liba.so.5.18');
  expect(await readlink(join(root, 'native', 'lib', 'libb.so'))).toBe('elsewhere');
});

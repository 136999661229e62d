import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, HeksherError } from '@heksher/core';
import { delay, isAlive, processBirth } from './processes.js';

type Owner = Readonly<{ pid: number; birth?: string }>;

/** Gives the directory back. */
export type Release = () => Promise<void>;

/** The directories this very process holds: the process id alone does not distinguish it from a predecessor. */
const held = new Set<string>();

/**
 * Makes this process the only one that may run a server in `dataDir`. What a process left that no longer runs is taken
 * over, also where another process has its id now. Throws `unavailable` naming the process that holds the directory.
 */
export async function claim(dataDir: string): Promise<Release> {
  if (held.has(dataDir)) throw inUse(dataDir, process.pid);
  held.add(dataDir);
  const file = join(dataDir, 'owner.json');
  try {
    const birth = await processBirth(process.pid);
    const owner: Owner = { pid: process.pid, ...(birth === undefined ? {} : { birth }) };
    while (!(await create(file, JSON.stringify(owner)))) await clearStale(dataDir, file);
  } catch (error) {
    held.delete(dataDir);
    throw error;
  }
  return async () => {
    await rm(file, { force: true });
    held.delete(dataDir);
  };
}

async function create(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the file where its process no longer runs; else throws. */
async function clearStale(dataDir: string, file: string): Promise<void> {
  const found = await readSettled(file);
  if (found === undefined) return;
  const owner = parseOwner(found);
  if (owner !== undefined && (await runs(owner))) throw inUse(dataDir, owner.pid);
  // Moved aside first: of several that find it stale, one moves it, and none removes a file made since.
  const aside = `${file}.${String(process.pid)}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => undefined);
  await rm(aside, { force: true });
  if (moved !== undefined && moved !== found && !(await create(file, moved)))
    throw new HeksherError('unavailable', `HEKSHER_DATA_DIR ${dataDir} is being claimed by several processes at once`);
}

/** The file's text; a file that is just being written is given a moment. Undefined when it is gone. */
async function readSettled(file: string): Promise<string | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== '' || attempt === 10) return text;
    await delay(50);
  }
}

function parseOwner(text: string): Owner | undefined {
  const [, pid] = /"pid":(\d+)/.exec(text) ?? [];
  const [, birth] = /"birth":"([^"]*)"/.exec(text) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), ...(birth === undefined ? {} : { birth }) };
}

async function runs(owner: Owner): Promise<boolean> {
  // We hold it not (see `held`), so a predecessor with our id wrote it, as happens in containers.
  if (owner.pid === process.pid || !(await isAlive(owner.pid))) return false;
  const birth = await processBirth(owner.pid);
  return birth === undefined || owner.birth === undefined || birth === owner.birth;
}

function inUse(dataDir: string, pid: number): HeksherError {
  return new HeksherError('unavailable', `HEKSHER_DATA_DIR ${dataDir} is in use by process ${String(pid)}`);
}

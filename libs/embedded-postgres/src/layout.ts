import { constants } from 'node:fs';
import { access, chown, mkdir, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, HeksherError } from '@heksher/core';

/** The files of a data directory: PostgreSQL's own, and beside them ours. */
export type Layout = Readonly<{ dataDir: string; cluster: string; password: string; log: string }>;

/** The database user that owns an embedded cluster. */
export const SUPERUSER = 'heksher';

const OURS = /^(cluster|cluster\.new-.*|password|owner\.json.*|server\.log.*|lost\+found)$/;

/** Makes the data directory if it is not there. Throws where it holds something that is not ours. */
export async function openDataDir(path: string): Promise<Layout> {
  const dataDir = await makeDirectory(path);
  const foreign = (await readdir(dataDir)).filter((name) => !OURS.test(name));
  if (foreign.length > 0)
    throw new HeksherError(
      'unavailable',
      `HEKSHER_DATA_DIR ${dataDir} holds files that are not Heksher's (${foreign.slice(0, 3).join(', ')}); name a new or an empty directory`,
    );
  return {
    dataDir,
    cluster: join(dataDir, 'cluster'),
    password: join(dataDir, 'password'),
    log: join(dataDir, 'server.log'),
  };
}

async function makeDirectory(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return await realpath(path);
  } catch (cause) {
    throw new HeksherError('unavailable', `cannot use HEKSHER_DATA_DIR ${path}: ${errorMessage(cause)}`, { cause });
  }
}

/** Gives a data directory without a cluster to the user that will run the server, so that this user can pass it. */
export async function handOver({ dataDir }: Layout, owner: { uid: number; gid: number }): Promise<void> {
  if (!(await readdir(dataDir)).includes('cluster')) await chown(dataDir, owner.uid, owner.gid);
}

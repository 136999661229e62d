import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, with a slash at its end. */
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** The folders of the npm workspaces, such as `libs/core`. */
export async function workspaces(): Promise<readonly string[]> {
  return (JSON.parse(await readFile(`${REPOSITORY}package.json`, 'utf8')) as { workspaces: string[] }).workspaces;
}

/** Copies a file or folder of the repository, of which `filter` takes paths. */
export async function copyTree(
  path: string,
  to: string,
  filter: (path: string) => boolean = () => true,
): Promise<void> {
  await cp(join(REPOSITORY, path), to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => filter(relative(REPOSITORY, source)),
  });
}

/** Links a copy of the repository to the packages installed here; its workspaces are its own. */
export async function linkPackages(copy: string): Promise<void> {
  await mkdir(join(copy, 'node_modules'));
  for (const name of await readdir(`${REPOSITORY}node_modules`)) {
    const path = join('node_modules', name);
    if (name.endsWith('heksher')) await copyTree(path, join(copy, path));
    else await symlink(REPOSITORY + path, join(copy, path));
  }
  for (const workspace of await workspaces()) {
    const path = join(workspace, 'node_modules');
    if (existsSync(REPOSITORY + path)) await symlink(REPOSITORY + path, join(copy, path));
  }
}

/** Removes those links. */
export async function removePackages(copy: string): Promise<void> {
  for (const folder of ['.', ...(await workspaces())])
    await rm(join(copy, folder, 'node_modules'), { recursive: true, force: true });
}

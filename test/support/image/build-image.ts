import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, symlink } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../repository.js';
import { environment, ignores, lastOf, readStages, type Stage, withBases } from './dockerfile.js';

const run = promisify(execFile);

/** What the Dockerfile's last stage makes: the folder with its files, and how it runs. */
export type Image = Readonly<{
  folder: string;
  env: Readonly<Record<string, string>>;
  user: string;
  entrypoint: readonly string[];
  healthcheck: readonly string[];
}>;

/** A stage as it is built: the folder that stands for `/`, and its WORKDIR. */
type Place = Readonly<{ root: string; workdir: string }>;

/**
 * Does below `work` what `docker build` does for the Dockerfile's last stage, but on this machine instead of the base
 * image. To be quick, a stage goes on in the folder of the stage it begins with, COPY --from moves, and the first `npm ci`
 * links to the packages that are installed here.
 */
export async function buildImage(work: string): Promise<Image> {
  const stages = readStages(await readFile(join(REPOSITORY, 'Dockerfile'), 'utf8'));
  const dockerignore = await readFile(join(REPOSITORY, '.dockerignore'), 'utf8');
  const built = new Map<string, Promise<Place>>();

  const build = (name: string): Promise<Place> => {
    const stage = stages.find((one) => one.name === name);
    if (stage === undefined) return emptyPlace(name);
    const known = built.get(name) ?? perform(stage);
    built.set(name, known);
    return known;
  };
  const emptyPlace = async (image: string): Promise<Place> => {
    const root = join(work, `${image.replaceAll(/\W/g, '-')}-${built.size}`);
    await mkdir(root, { recursive: true });
    return { root, workdir: root };
  };
  const perform = async (stage: Stage): Promise<Place> => {
    let place = await build(stage.from);
    for (const { instruction, text } of stage.steps) {
      if (instruction === 'WORKDIR') place = { ...place, workdir: join(place.root, text) };
      if (instruction === 'RUN') await (text === 'npm ci' ? linkPackages(place.workdir) : runStep(text, place.workdir));
      if (instruction === 'COPY') await copy(text.split(' '), place);
    }
    return place;
  };
  const copy = async (words: readonly string[], { workdir }: Place): Promise<void> => {
    const [, from] = /^--from=(.*)$/.exec(words[0] ?? '') ?? [];
    const paths = words.slice(from === undefined ? 0 : 1, -1);
    const to = resolve(workdir, words.at(-1) ?? '');
    for (const path of paths) {
      if (from !== undefined) await rename(join((await build(from)).root, path), to);
      else await copyTree(join(REPOSITORY, path), path === '.' ? to : join(to, basename(path)), isInContext);
    }
  };
  const isInContext = (source: string): boolean => !ignores(dockerignore, relative(REPOSITORY, source));

  const last = stages.at(-1);
  if (last === undefined) throw new Error('the Dockerfile has no stage');
  const steps = withBases(stages, last);
  return {
    folder: (await perform(last)).workdir,
    env: environment(steps),
    user: lastOf(steps, 'USER'),
    entrypoint: JSON.parse(lastOf(steps, 'ENTRYPOINT')) as string[],
    healthcheck: JSON.parse(lastOf(steps, 'HEALTHCHECK').replace(/^.*? CMD /, '')) as string[],
  };
}

async function runStep(command: string, cwd: string): Promise<void> {
  const { PATH, HOME } = process.env;
  await run('sh', ['-c', command], { cwd, env: { PATH, HOME, npm_config_prefer_offline: 'true' }, maxBuffer: 2 ** 26 });
}

/** The folders of the npm workspaces, such as `libs/core`. */
export async function workspaces(): Promise<readonly string[]> {
  return (JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as { workspaces: string[] }).workspaces;
}

async function copyTree(from: string, to: string, filter?: (source: string) => boolean): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true, ...(filter && { filter }) });
}

/** `node_modules` of the folder and of its workspaces as they are here, but with the links to workspaces in this folder. */
async function linkPackages(folder: string): Promise<void> {
  const installed = join(REPOSITORY, 'node_modules');
  await mkdir(join(folder, 'node_modules'));
  for (const name of await readdir(installed)) {
    const [from, to] = [join(installed, name), join(folder, 'node_modules', name)];
    if (name.endsWith('heksher')) await copyTree(from, to);
    else await symlink(from, to);
  }
  for (const workspace of await workspaces()) {
    const packages = join(workspace, 'node_modules');
    if (existsSync(join(REPOSITORY, packages))) await symlink(join(REPOSITORY, packages), join(folder, packages));
  }
}

import { execFile } from 'node:child_process';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { copyTree, linkPackages, REPOSITORY, removePackages } from '../repository.js';
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
      if (instruction === 'RUN') await runStep(text, place.workdir);
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
      else await copyTree(path, path === '.' ? to : join(to, basename(path)), isInContext);
    }
  };
  const isInContext = (path: string): boolean => !ignores(dockerignore, path);

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
  if (command === 'npm ci') return linkPackages(cwd);
  // As npm begins, but never through a link to what is installed here.
  if (command.startsWith('npm ci ')) await removePackages(cwd);
  const { PATH, HOME } = process.env;
  await run('sh', ['-c', command], { cwd, env: { PATH, HOME, npm_config_prefer_offline: 'true' }, maxBuffer: 2 ** 26 });
}

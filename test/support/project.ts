import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** A project of somebody else's, outside of this repository, with packages of it installed as npm installs them. */
export type Project = Readonly<{
  folder: string;
  /** Packs folders of this repository, and those of their dependencies, and installs the packages: npm needs no registry. */
  install(folders: readonly string[]): Promise<void>;
  write(name: string, text: string): Promise<void>;
  read(name: string): Promise<string>;
  /** What a program prints to its standard output; rejects with all that it prints where it fails. */
  run(file: string, args: readonly string[]): Promise<string>;
  node(...args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}>;

export async function makeProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-project-'));
  const run = async (file: string, args: readonly string[]): Promise<string> => {
    const running = promisify(execFile)(file, [...args], { cwd: folder });
    const failed = ({ stdout, stderr }: Record<string, string>): never => {
      throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`);
    };
    return (await running.catch(failed)).stdout;
  };
  const project: Project = {
    folder,
    run,
    node: (...args) => run(process.execPath, args),
    write: (name, text) => writeFile(join(folder, name), text),
    read: (name) => readFile(join(folder, name), 'utf8'),
    remove: () => rm(folder, { recursive: true, force: true }),
    async install(folders) {
      const all = new Set([...folders, ...(await dependenciesOf(folders))]);
      const paths = Array.from(all, (path) => join(ROOT, path));
      const packed = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, ...paths]);
      const archives = packed.trim().split('\n');
      const quiet = ['--silent', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
      await run('npm', ['install', ...quiet, ...archives.map((name) => `./${name}`)]);
    },
  };
  await project.write('package.json', '{"private": true}');
  return project;
}

/** The folders of all that these packages depend on, and of what that does. */
async function dependenciesOf(folders: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const open = [...folders];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const text = await readFile(join(ROOT, path, 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    for (const name of Object.keys(dependencies)) {
      const folder = `node_modules/${name}`;
      if (name.startsWith('@heksher/') || found.has(folder)) continue;
      found.add(folder);
      open.push(folder);
    }
  }
  return found;
}

/** Asserts that a package has no tests and no leftovers of building, and that its source maps lead to sources. */
export async function assertPackageIsWhole({ folder }: Project, name: string): Promise<void> {
  const installed = join(folder, 'node_modules', name);
  const files = (await readdir(installed, { recursive: true })).map(String);
  expect(files.filter((file) => /\.test\.|tsconfig|tsbuildinfo|^docs/.test(file))).toEqual([]);
  for (const built of ['dist/', 'cjs/dist/']) {
    expect(files.filter((file) => file.startsWith(built) && file.endsWith('.map')).length).toBeGreaterThan(10);
  }
  for (const map of files.filter((file) => file.endsWith('.map'))) {
    const { sources } = JSON.parse(await readFile(join(installed, map), 'utf8')) as { sources: string[] };
    const missing = sources.filter((source) => !files.includes(join(dirname(map), source)));
    expect({ map, missing }).toEqual({ map, missing: [] });
  }
}

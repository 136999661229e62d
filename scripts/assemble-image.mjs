/**
 * Copies what a production image needs into the folder that is named: the dependencies that `npm ci --workspace heksher`
 * left, and the compiled workspaces that they link to. Left out is what Node never loads there: source maps, TypeScript,
 * and packages that are optional peers of ours and that nothing here uses.
 */
import { cp, lstat, mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath, URL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LEFT_OUT = /\.(map|[cm]?ts|tsbuildinfo)$/;
/**
 * Of @nestjs/swagger's plugin, and of traces but for the API, which prom-client loads: npm keeps them, since other workspaces use them, or
 * they are optional peers.
 */
const UNUSED = /^node_modules\/(typescript|@opentelemetry\/(?!api$)[^/]+)$/;

/** What the image of Heksher 0.5 was started with, also where it takes the place of the entry point. */
const OLD_COMMANDS = ['alembic', 'uvicorn'];

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: node scripts/assemble-image.mjs FOLDER');
await rm(target, { recursive: true, force: true });
for (const path of ['package.json', 'node_modules']) await copy(path);
for (const workspace of await linkedWorkspaces())
  for (const path of ['package.json', 'dist', 'node_modules']) await copy(join(workspace, path));
for (const command of OLD_COMMANDS) await writeCommand(command);

async function copy(path) {
  if (!(await exists(join(ROOT, path)))) return;
  await cp(join(ROOT, path), join(target, path), { recursive: true, verbatimSymlinks: true, filter: isShipped });
}

async function writeCommand(name) {
  await mkdir(join(target, 'bin'), { recursive: true });
  const main = '"$(dirname "$0")/../apps/heksher/dist/main.js"';
  await writeFile(join(target, 'bin', name), `#!/bin/sh\nexec node ${main} ${name} "$@"\n`, { mode: 0o755 });
}

function isShipped(path) {
  const inside = relative(ROOT, path).split(sep).join('/');
  return !LEFT_OUT.test(basename(path)) && !UNUSED.test(inside);
}

/** The folders of the workspaces in `node_modules`, such as `libs/core`. */
async function linkedWorkspaces() {
  const entries = await readdir(join(ROOT, 'node_modules', '@heksher'));
  const links = ['heksher', ...entries.map((entry) => join('@heksher', entry))];
  return Promise.all(links.map(async (link) => relative(ROOT, await realpath(join(ROOT, 'node_modules', link)))));
}

async function exists(path) {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

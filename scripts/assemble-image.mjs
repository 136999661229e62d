/**
 * Copies what a production image needs into the folder that is named: the bundle, the pages, and the packages that are not in the bundle, of those
 * that `npm ci --workspace heksher` left. Of packages in the bundle the licence stays, and the package.json, by which scanners know them.
 */
import { cp, lstat, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath, URL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Source maps, TypeScript, and what is to be read. */
const FILES = /\.(map|[cm]?ts|tsbuildinfo|ya?ml|nycrc)$|^(?!licen[cs]e|notice|copying).*\.(md|markdown)$/i;

/** What packages bring for those who develop them. */
const FOLDERS =
  /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/(\.github|\.nyc_output|__tests__|bench(marks?)?|coverage|docs?|examples?|specs|tests?)$/;

/**
 * Packages that npm keeps since other workspaces use them or they are optional peers: those of the plugin of @nestjs/swagger, and of
 * traces but for the API, which prom-client loads.
 */
const PACKAGES = ['typescript', '@microsoft/tsdoc', '@opentelemetry/(?!api$)[^/]+'];

/** Second builds of what is there already. */
const SECOND_BUILDS = [
  '@opentelemetry/api/build/(esm|esnext)',
  'swagger-ui-dist/swagger-ui(-es-bundle(-core)?)?\\.js(\\.LICENSE\\.txt)?',
];
const PATHS = new RegExp(`(^|/)node_modules/(${[...PACKAGES, ...SECOND_BUILDS].join('|')})$`);

/** What the image of Heksher 0.5 was started with, also where it takes the place of the entry point. */
const OLD_COMMANDS = ['alembic', 'uvicorn'];

/** What the bundle is made of: all compiled files but those of the bundle itself, and the code of the packages in it. */
const COMPILED =
  /^((libs\/[^/]+|migrations)\/dist|apps\/heksher\/dist\/(?!(assets|console)$|heksher\.js$|bundled-[A-Z0-9]+\.js$)[^/]+)$/;
const bundled = JSON.parse(await readFile(join(ROOT, 'apps/heksher/dist/bundled.json'), 'utf8'));
const BUNDLED = new RegExp(`(^|/)node_modules/(${bundled.join('|').replaceAll('.', '\\.')})/[^/]+$`);
const TOLD = /(^|\/)(package\.json|(licen[cs]e|notice|copying)[^/]*)$/i;

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
  const main = '"$(dirname "$0")/../apps/heksher/dist/heksher.js"';
  await writeFile(join(target, 'bin', name), `#!/bin/sh\nexec node ${main} ${name} "$@"\n`, { mode: 0o755 });
}

function isShipped(path) {
  const inside = relative(ROOT, path).split(sep).join('/');
  if (BUNDLED.test(inside)) return TOLD.test(inside);
  return ![COMPILED, FOLDERS, PATHS].some((left) => left.test(inside)) && !FILES.test(basename(path));
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

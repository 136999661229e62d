import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { packagePath } from '../../package-files.js';
import { strongEtag } from '../../etag.js';
import { type Encoding } from '../../http/compression.js';

/** A file of the built console, and what `npm run build` compressed of it. */
export type ConsoleFile = Readonly<{
  contentType: string;
  etag: string;
  bodies: ReadonlyMap<Encoding | 'identity', Buffer>;
}>;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const COMPRESSED = { br: '.br', gzip: '.gz' } as const satisfies Record<Encoding, string>;

/** The build's folder is the same one for the compiled service and for its sources in a test. */
const FOLDER = packagePath('dist/console/');

/** All files by their path below `/console/`, such as `assets/main-4f2.js`; undefined where the console is not built. */
export function readConsoleFiles(folder = FOLDER): ReadonlyMap<string, ConsoleFile> | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const paths = readdirSync(folder, { recursive: true }).map((path) => String(path).replaceAll('\\', '/'));
  const known = new Set(paths);
  const files = paths.filter((path) => TYPES[extname(path)] !== undefined);
  return new Map(files.map((path) => [path, readConsoleFile(folder, path, known)]));
}

function readConsoleFile(folder: string, path: string, known: ReadonlySet<string>): ConsoleFile {
  const body = readFileSync(join(folder, path));
  const bodies = new Map<Encoding | 'identity', Buffer>([['identity', body]]);
  for (const encoding of ['br', 'gzip'] as const) {
    const compressed = path + COMPRESSED[encoding];
    if (known.has(compressed)) bodies.set(encoding, readFileSync(join(folder, compressed)));
  }
  return { contentType: TYPES[extname(path)] ?? '', etag: strongEtag(body), bodies };
}

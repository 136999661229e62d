/**
 * Builds the console into the compiled service, compressed beside each file as browsers take it; not where nothing that it is made of has changed.
 * The service serves what is there: neither Vite nor what the pages are made of is needed to run it.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['apps/console', 'libs/core/src', 'package-lock.json', 'scripts/build-console.mjs'];
const LEFT_OUT = /(^|\/)(node_modules|dist)(\/|$)|\.test\.tsx?$|\.tsbuildinfo$|\.md$/;
const TARGET = join(ROOT, 'apps/heksher/dist/console');
const STAMP = join(TARGET, '.sources');

const sources = await hashOf(SOURCES);
if (sources !== (await readFile(STAMP, 'utf8').catch(() => ''))) {
  await build({ root: join(ROOT, 'apps/console'), logLevel: 'error', build: { outDir: TARGET, emptyOutDir: true } });
  for (const file of await filesBelow(TARGET)) if (/\.(js|css|svg)$/.test(file)) await compress(file);
  await writeFile(STAMP, sources);
}

async function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const full = join(ROOT, path);
    const files = path.includes('.') ? [full] : await filesBelow(full);
    for (const file of files.sort())
      hash
        .update(file.slice(ROOT.length))
        .update('\0')
        .update(await readFile(file));
  }
  return hash.digest('hex');
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .map((entry) => [entry, join(folder, entry.name)])
      .filter(([, path]) => !LEFT_OUT.test(path.slice(folder.length)))
      .map(([entry, path]) => (entry.isDirectory() ? filesBelow(path) : [path])),
  );
  return found.flat();
}

async function compress(file) {
  const body = await readFile(file);
  await writeFile(`${file}.br`, await promisify(brotliCompress)(body));
  await writeFile(`${file}.gz`, await promisify(gzip)(body, { level: 9 }));
}

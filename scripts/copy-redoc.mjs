/**
 * Puts Redoc's stand-alone script beside the compiled service. The package `redoc` is a development dependency: its
 * script is all that a page needs, and production is spared the tree of packages behind it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';

const bundles = join(dirname(createRequire(import.meta.url).resolve('redoc/package.json')), 'bundles');
const assets = fileURLToPath(new URL('../apps/heksher/dist/assets/', import.meta.url));

/** Redoc shows this picture below its menu, from the network. In its place comes an empty one. */
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const NO_LOGO = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/%3E";

const script = await readFile(join(bundles, 'redoc.standalone.js'), 'utf8');
if (script.split(LOGO).length !== 2) throw new Error(`redoc.standalone.js does not name ${LOGO} just once any more`);
const licence = 'redoc.standalone.js.LICENSE.txt';
await mkdir(assets, { recursive: true });
await writeFile(join(assets, 'redoc.standalone.js'), script.replace(LOGO, NO_LOGO));
await writeFile(join(assets, licence), await readFile(join(bundles, licence)));

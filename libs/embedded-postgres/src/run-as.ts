import { type ChildProcess, execFile, spawn, type SpawnOptions } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { HeksherError } from '@heksher/core';
import { type Binaries, REMEDY } from './binaries.js';
import { handOver, type Layout } from './layout.js';

const run = promisify(execFile);

type User = Readonly<{ uid: number; gid: number }>;

/** As whom the server's programs run: as this process, or, since PostgreSQL refuses root, as another user. */
export type RunAs =
  | Readonly<{ kind: 'self' }>
  | (User & Readonly<{ kind: 'user' }>)
  /** With one capability to pass directories closed to that user, such as /root. */
  | (User & Readonly<{ kind: 'capable'; capability: string }>);

/** Reading and passing is all that is needed; containers often allow only the wider one. */
const CAPABILITIES = ['dac_read_search', 'dac_override'] as const;

/**
 * Decides as whom to run. As root: the owner of an existing cluster, else the user `postgres`, else `nobody`; where that
 * user cannot reach the programs or the data, with a capability by util-linux's `setpriv`.
 */
export async function chooseRunAs(binaries: Binaries, layout: Layout): Promise<RunAs> {
  const { cluster, dataDir } = layout;
  const owner = await stat(cluster).catch(() => undefined);
  const uid = process.getuid?.();
  if (uid !== 0) {
    if (owner !== undefined && uid !== undefined && owner.uid !== uid)
      throw unusable(`${cluster} belongs to user ${String(owner.uid)}, but this process runs as ${String(uid)}`);
    return { kind: 'self' };
  }
  const user = owner !== undefined && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : await unprivilegedUser();
  await handOver(layout, user);
  const candidates: readonly RunAs[] = [
    { kind: 'user', ...user },
    ...CAPABILITIES.map((capability): RunAs => ({ kind: 'capable', capability, ...user })),
  ];
  for (const candidate of candidates) if (await reaches(candidate, binaries, dataDir)) return candidate;
  throw unusable(
    `PostgreSQL does not run as root, and user ${String(user.uid)} cannot reach ${binaries.postgres} or ${dataDir}; ` +
      'open these directories to that user, run this service as another user',
  );
}

/** Starts a program as decided. It does not inherit what would change PostgreSQL's behaviour. */
export function spawnAs(runAs: RunAs, file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  // Not this process's directory: the other user may not be let into it.
  const common: SpawnOptions = { cwd: '/', windowsHide: true, env: neutralEnvironment(), ...options };
  switch (runAs.kind) {
    case 'self':
      return spawn(file, args, common);
    case 'user':
      return spawn(file, args, { ...common, uid: runAs.uid, gid: runAs.gid });
    case 'capable':
      return spawn('setpriv', [...privileges(runAs), '--', file, ...args], common);
  }
}

function privileges({ uid, gid, capability }: User & { capability: string }): readonly string[] {
  return [
    `--reuid=${String(uid)}`,
    `--regid=${String(gid)}`,
    '--clear-groups',
    // access(2), by which initdb looks for its neighbour, disregards capabilities without it.
    '--securebits=+no_setuid_fixup',
    `--inh-caps=-all,+${capability}`,
    `--ambient-caps=-all,+${capability}`,
    `--bounding-set=-all,+${capability}`,
  ];
}

/** This process's environment without what speaks to PostgreSQL or chooses a language: its messages are to be plain. */
function neutralEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|NODE_)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

async function unprivilegedUser(): Promise<User> {
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => undefined);
    if (ids === undefined) continue;
    const [uid, gid] = [Number(ids[0].stdout), Number(ids[1].stdout)];
    if (uid > 0) return { uid, gid };
  }
  throw unusable('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as');
}

async function reaches(runAs: RunAs, binaries: Binaries, dataDir: string): Promise<boolean> {
  return (
    (await succeeds(spawnAs(runAs, binaries.postgres, ['--version'], { stdio: 'ignore' }))) &&
    (await succeeds(spawnAs(runAs, '/bin/sh', ['-c', 'cd "$1"', 'sh', dataDir], { stdio: 'ignore' })))
  );
}

function succeeds(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

function unusable(reason: string): HeksherError {
  return new HeksherError('unavailable', `cannot run the embedded PostgreSQL: ${reason}, or ${REMEDY}`);
}

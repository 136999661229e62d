import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { freePort } from '../http/free-port.js';
import { REPOSITORY } from '../repository.js';
import { until } from '../service/until.js';

type Probe = Readonly<{
  httpGet: Readonly<{ path: string }>;
  periodSeconds: number;
  timeoutSeconds: number;
  failureThreshold: number;
}>;
type Container = Readonly<{ env: readonly Readonly<{ name: string; value: string }>[] }> &
  Readonly<Record<'startupProbe' | 'livenessProbe' | 'readinessProbe', Probe>>;

/** The first container of the deployment that is generated from the chart, and its pod's grace period. */
export async function deployedPod(): Promise<Readonly<{ container: Container; graceS: number }>> {
  const file = `${REPOSITORY}deploy/kustomize/base/deployment-heksher.yaml`;
  const { spec } = parse(await readFile(file, 'utf8'), { version: '1.1' }) as {
    spec: { template: { spec: { containers: [Container]; terminationGracePeriodSeconds: number } } };
  };
  const { containers, terminationGracePeriodSeconds: graceS } = spec.template.spec;
  return { container: containers[0], graceS };
}

/**
 * A container of the service as a kubelet runs it: the user 1000 without capabilities, the first process of its own, all of
 * its root read-only but an empty /tmp, its secret a file, its environment that of the deployment.
 */
export type Pod = Readonly<{
  url: string;
  /** Statuses of a probe's answers so far; 0 is none in time. */
  statuses(probe: 'livenessProbe' | 'readinessProbe'): readonly number[];
  /** Whether it would have been killed: as many failures of the liveness probe in a row as it allows. */
  isDead(): boolean;
  /** SIGTERM, and after the grace period SIGKILL; how it ended. */
  terminate(): Promise<number | NodeJS.Signals>;
  output(): string;
}>;

/** Why a pod cannot be played here; undefined where it can. */
export function noPods(): string | undefined {
  const { status, stderr, error } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `no namespaces of mounts and processes: ${stderr || String(error)}`;
}

/** Builds the root of a container in a folder, and runs the service there. The mounts end with it. */
const RUN = `
set -e
root=$1
mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir -p usr etc dev proc tmp secrets/database heksher
for name in usr etc dev; do mount --rbind "/$name" $name; done
mount --bind "$2" heksher
for name in bin sbin lib lib64; do ln -s usr/$name $name; done
for name in usr etc heksher; do mount -o remount,bind,ro $name; done
cp "$3" secrets/database/connection-string
chown 0:1000 secrets/database/connection-string && chmod 440 secrets/database/connection-string
cp "$4" node && chmod 755 node
mount -t proc proc proc
mount -t tmpfs -o mode=1777,size=64m tmpfs tmp
mount -o remount,ro .
exec chroot . setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all /node /heksher/apps/heksher/dist/heksher.js
`;

/** @param env instead of what the deployment says */
export async function startPod(connectionString: string, env: Readonly<Record<string, string>> = {}): Promise<Pod> {
  const { container, graceS } = await deployedPod();
  const folder = await mkdtemp(join(tmpdir(), 'heksher-pod-'));
  const port = await freePort();
  await mkdir(join(folder, 'root'));
  await writeFile(join(folder, 'secret'), connectionString);
  // A pod has an address of its own, and so its ports; here they are the machine's.
  const ports = { HOST: '127.0.0.1', PORT: String(port), HEKSHER_METRICS_PORT: String(await freePort()) };
  const given = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
  const args = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', RUN, 'sh', join(folder, 'root'), REPOSITORY, join(folder, 'secret'), process.execPath]; // prettier-ignore
  const child = spawn('unshare', args, { env: { PATH: process.env['PATH'], ...given, ...ports, ...env } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text)); // prettier-ignore
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  const url = `http://127.0.0.1:${port}`;
  const statuses = { livenessProbe: [] as number[], readinessProbe: [] as number[] };
  const ask = async ({ httpGet, timeoutSeconds }: Probe): Promise<number> => {
    const signal = AbortSignal.timeout(timeoutSeconds * 1_000);
    return fetch(url + httpGet.path, { signal }).then(
      ({ status }) => status,
      () => 0,
    );
  };
  const { startupProbe } = container;
  const startMs = startupProbe.periodSeconds * startupProbe.failureThreshold * 1_000;
  await until(
    'the startup probe',
    async () => {
      if (child.exitCode !== null) throw new Error(`the pod ended: ${printed}`);
      return (await ask(startupProbe)) === 200;
    },
    startMs,
  );
  const probing = new AbortController();
  for (const name of ['livenessProbe', 'readinessProbe'] as const)
    void (async () => {
      for (; !probing.signal.aborted;) {
        statuses[name].push(await ask(container[name]));
        await sleep(container[name].periodSeconds * 1_000, undefined, { signal: probing.signal }).catch(
          () => undefined,
        );
      }
    })();
  return {
    url,
    statuses: (probe) => statuses[probe],
    isDead: () => {
      const failures = statuses.livenessProbe.map((status) => (status === 200 ? ' ' : 'x')).join('');
      return failures.includes('x'.repeat(container.livenessProbe.failureThreshold));
    },
    async terminate() {
      probing.abort();
      // The first process in the container, which is the child of the one that made its namespace.
      const children = await readFile(`/proc/${child.pid ?? 0}/task/${child.pid ?? 0}/children`, 'utf8').catch(
        () => '',
      );
      const [first] = children.trim().split(' ').map(Number);
      if (first !== undefined && first > 0) process.kill(first, 'SIGTERM');
      const killing = setTimeout(() => child.kill('SIGKILL'), graceS * 1_000);
      const end = await exited;
      clearTimeout(killing);
      await rm(folder, { recursive: true, force: true });
      return end;
    },
    output: () => printed,
  };
}

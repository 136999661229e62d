import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Another host, in a network of its own, that can vanish without a word: no packet of it says that its connections ended. */
export type NetworkHost = Readonly<{
  /** What this machine is called there. */
  gateway: string;
  spawn(command: string, args: readonly string[]): ChildProcess;
  vanish(): Promise<void>;
  remove(): Promise<void>;
}>;

/** `describe`, or where no network can be made, a warning that says so and `describe.skip`. */
export function describeWithNetworks(): typeof describe {
  const name = `heksher_${String(process.pid)}_try`;
  const { status, stderr, error } = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', name]);
  if (status === 0) return describe;
  console.warn(
    `SKIPPED: no network namespace can be made here, which needs root and iproute2: ${stderr || String(error)}`,
  );
  return describe.skip;
}

let made = 0;

export async function addNetworkHost(): Promise<NetworkHost> {
  made += 1;
  const name = `heksher_${String(process.pid)}_${String(made)}`;
  const [here, there] = [`hk${String(process.pid)}h${String(made)}`, `hk${String(process.pid)}t${String(made)}`];
  const network = `10.213.${String(process.pid % 256)}.${String(4 * made)}`.replace(/\.\d+$/, '');
  const [gateway, address] = [`${network}.${String(4 * made + 1)}`, `${network}.${String(4 * made + 2)}`];
  const ip = (...args: readonly string[]) => run('ip', args);
  const inside = (...args: readonly string[]) => run('ip', ['-n', name, ...args]);
  await ip('netns', 'add', name);
  await ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name);
  await ip('addr', 'add', `${gateway}/30`, 'dev', here);
  await ip('link', 'set', here, 'up');
  await inside('addr', 'add', `${address}/30`, 'dev', there);
  await inside('link', 'set', there, 'up');
  const children: ChildProcess[] = [];
  return {
    gateway,
    spawn: (command, args) => {
      const child = spawn('ip', ['netns', 'exec', name, command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      return child;
    },
    async vanish() {
      await inside('link', 'set', there, 'down');
      for (const child of children.splice(0)) {
        child.kill('SIGKILL');
        if (child.exitCode === null) await once(child, 'exit');
      }
    },
    async remove() {
      for (const child of children) child.kill('SIGKILL');
      await ip('netns', 'del', name);
      await ip('link', 'del', here).catch(() => undefined);
    },
  };
}

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '@heksher/core';
import { type DatabaseAddress } from '@heksher/database';
import { freePort } from '../http/free-port.js';
import { until } from '../service/until.js';
import { haproxyConfig, patroniConfig } from './patroni-config.js';

const run = promisify(execFile);

const NODES = ['one', 'two', 'three'] as const;
export type NodeName = (typeof NODES)[number];
type Member = Readonly<{ name: NodeName; role: string; state: string; timeline?: number; lag?: number | string }>;

/**
 * Three PostgreSQL under Patroni, each in a network namespace of its own, an etcd, and HAProxy in front, which leads to the leader.
 * What befalls a node is undone by `heal`.
 */
export type PatroniCluster = Readonly<{
  /** By HAProxy, which leads to the leader or to nobody: its database "postgres". */
  server: DatabaseAddress;
  /** Likewise, of a database "heksher". */
  connectionString: string;
  leader(): Promise<NodeName>;
  synchronousStandby(): Promise<NodeName>;
  /** Kills Patroni and all of PostgreSQL, with SIGKILL. */
  kill(node: NodeName): Promise<void>;
  /** Kills PostgreSQL only; Patroni goes on. */
  killPostgres(node: NodeName): Promise<void>;
  /** Stops Patroni's process, so that nobody watches PostgreSQL, which goes on. */
  freezePatroni(node: NodeName): void;
  switchover(to: NodeName): Promise<void>;
  /** Takes a node off the network. */
  partition(node: NodeName): Promise<void>;
  /** Cuts a node off etcd and the other nodes, but not off HAProxy. */
  isolate(node: NodeName): Promise<void>;
  /** Until there is a leader with a synchronous standby, and all three nodes run. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}>;

const PROGRAMS = ['patroni', 'etcd', 'haproxy', 'ip', 'setpriv'];
const BIN = '/usr/lib/postgresql/15/bin';

/** Why such a cluster cannot run here; undefined where it can. */
export function noPatroni(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const missing = PROGRAMS.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  if (spawnSync(`${BIN}/postgres`, ['--version']).status !== 0) missing.push(`${BIN}/postgres`);
  if (missing.length > 0)
    return `there is no ${missing.join(', ')} (Debian 12: patroni, etcd-server, haproxy, postgresql-15, iproute2)`;
  const bridge = `hktry${String(process.pid)}`.slice(0, 15);
  const { status, stderr } = spawnSync('ip', ['link', 'add', bridge, 'type', 'bridge'], { encoding: 'utf8' });
  spawnSync('ip', ['link', 'del', bridge]);
  return status === 0 ? undefined : `no network can be made: ${stderr}`;
}

export async function startPatroniCluster(): Promise<PatroniCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-patroni-'));
  const network = `10.214.${String(process.pid % 256)}`;
  const bridge = `hkb${String(process.pid)}`;
  const [gateway, etcdAddress] = [`${network}.1`, `${network}.2`];
  const port = await freePort();
  const addressOf = (node: NodeName) => `${network}.${String(11 + NODES.indexOf(node))}`;
  const namespaceOf = (node: NodeName) => `${bridge}_${node}`;
  const linkOf = (node: NodeName) => `hk${String(process.pid)}${node.slice(0, 2)}`;
  const ip = (...args: readonly string[]) => run('ip', args);
  const inside = (node: NodeName, ...args: readonly string[]) => run('ip', ['-n', namespaceOf(node), ...args]);
  const others = (node: NodeName) => [etcdAddress, ...NODES.filter((name) => name !== node).map(addressOf)];
  const patronis = new Map<NodeName, ChildProcess>();
  const servers: ChildProcess[] = [];

  const start = (node: NodeName): void => {
    const user = ['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', '--pdeathsig', 'KILL'];
    const command = ['netns', 'exec', namespaceOf(node), ...user, 'patroni', join(folder, `${node}.yml`)];
    patronis.set(node, spawn('ip', command, { stdio: 'ignore', cwd: folder, env: { PATH: process.env['PATH'] } }));
  };
  const members = async (): Promise<readonly Member[]> => {
    for (const node of NODES) {
      const response = await fetch(`http://${addressOf(node)}:8008/cluster`, {
        signal: AbortSignal.timeout(1_000),
      }).catch(() => undefined);
      if (response?.ok === true) return ((await response.json()) as { members: readonly Member[] }).members;
    }
    return [];
  };
  const withRole = (...roles: readonly string[]) =>
    until(
      `a member that is ${roles.join(' or ')}`,
      async () => (await members()).find(({ role, state }) => roles.includes(role) && state === 'running')?.name,
      60_000,
    );
  /** PostgreSQL's first process; the others end when it is gone. */
  const killServer = async (node: NodeName): Promise<void> => {
    const [pid] = (await readFile(join(folder, node, 'data/postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    try {
      if (Number(pid) > 0) process.kill(Number(pid), 'SIGKILL');
    } catch (error) {
      if (errorCode(error) !== 'ESRCH') throw error;
    }
  };
  const cluster: PatroniCluster = {
    server: { host: '127.0.0.1', port, user: 'postgres', database: 'postgres', ssl: false },
    connectionString: `postgresql://postgres@127.0.0.1:${String(port)}/heksher`,
    leader: () => withRole('leader'),
    synchronousStandby: () => withRole('sync_standby'),
    async kill(node) {
      const patroni = patronis.get(node);
      patroni?.kill('SIGKILL');
      await killServer(node);
    },
    killPostgres: killServer,
    freezePatroni: (node) => void patronis.get(node)?.kill('SIGSTOP'),
    async switchover(candidate) {
      const body = JSON.stringify({ leader: await cluster.leader(), candidate });
      const url = `http://${addressOf(candidate)}:8008/switchover`;
      const response = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(60_000) });
      if (!response.ok) throw new Error(`the switchover was refused: ${await response.text()}`);
    },
    partition: async (node) => void (await ip('link', 'set', linkOf(node), 'down')),
    async isolate(node) {
      for (const address of others(node)) await inside(node, 'route', 'add', 'blackhole', address);
    },
    async heal() {
      for (const node of NODES) {
        await ip('link', 'set', linkOf(node), 'up');
        for (const address of others(node)) await inside(node, 'route', 'del', 'blackhole', address).catch(() => null);
        const patroni = patronis.get(node);
        if (patroni?.exitCode !== null || patroni.signalCode !== null) start(node);
        else patroni.kill('SIGCONT');
      }
      await until(
        'all members to run',
        async () => {
          const all = await members();
          const roles = all.map(({ role }) => role).sort();
          const follow = all.every(
            ({ state, role, lag }) => /running|streaming/.test(state) && (role === 'leader' || lag === 0),
          );
          return follow && roles.join() === 'leader,replica,sync_standby';
        },
        120_000,
      );
    },
    async stop() {
      for (const patroni of patronis.values()) patroni.kill('SIGKILL');
      for (const node of NODES) await killServer(node);
      for (const server of servers) server.kill('SIGKILL');
      for (const child of [...patronis.values(), ...servers])
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      for (const node of NODES) await ip('netns', 'del', namespaceOf(node)).catch(() => undefined);
      await ip('link', 'del', bridge).catch(() => undefined);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };

  try {
    await chmod(folder, 0o755);
    await ip('link', 'add', bridge, 'type', 'bridge');
    for (const address of [gateway, etcdAddress]) await ip('addr', 'add', `${address}/24`, 'dev', bridge);
    await ip('link', 'set', bridge, 'up');
    const etcdUrl = (at: number) => `http://${etcdAddress}:${String(at)}`;
    const etcd = ['--data-dir', join(folder, 'etcd'), '--listen-client-urls', etcdUrl(2379), '--advertise-client-urls', etcdUrl(2379)]; // prettier-ignore
    const peers = ['--listen-peer-urls', etcdUrl(2380), '--initial-advertise-peer-urls', etcdUrl(2380), '--initial-cluster', `default=${etcdUrl(2380)}`]; // prettier-ignore
    servers.push(spawn('etcd', [...etcd, ...peers], { stdio: 'ignore' }));
    for (const node of NODES) {
      await ip('netns', 'add', namespaceOf(node));
      await ip('link', 'add', linkOf(node), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespaceOf(node));
      await ip('link', 'set', linkOf(node), 'master', bridge, 'up');
      await inside(node, 'addr', 'add', `${addressOf(node)}/24`, 'dev', 'eth0');
      for (const device of ['eth0', 'lo']) await inside(node, 'link', 'set', device, 'up');
      await mkdir(join(folder, node));
      await run('chown', ['postgres', join(folder, node)]);
      const config = patroniConfig({ node, address: addressOf(node), etcd: `${etcdAddress}:2379`, folder: join(folder, node), bin: BIN, network }); // prettier-ignore
      await writeFile(join(folder, `${node}.yml`), config);
      start(node);
    }
    const config = join(folder, 'haproxy.cfg');
    await writeFile(config, haproxyConfig(port, NODES.map((node) => [node, addressOf(node)] as const))); // prettier-ignore
    servers.push(spawn('haproxy', ['-db', '-f', config], { stdio: 'ignore' }));
    await cluster.heal();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

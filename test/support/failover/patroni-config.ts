import { stringify } from 'yaml';

/** Seconds: how long a leader that says nothing stays leader, how often Patroni looks, and how long it tries again before it gives up the lead. */
export const PATRONI = { ttl: 12, loop_wait: 1, retry_timeout: 5 } as const;

type Node = Readonly<{ node: string; address: string; etcd: string; folder: string; bin: string; network: string }>;

export function patroniConfig({ node, address, etcd, folder, bin, network }: Node): string {
  return stringify({
    scope: 'heksher',
    name: node,
    restapi: { listen: `${address}:8008`, connect_address: `${address}:8008` },
    etcd3: { host: etcd },
    bootstrap: {
      dcs: {
        ...PATRONI,
        maximum_lag_on_failover: 1_048_576,
        synchronous_mode: true,
        postgresql: { use_pg_rewind: true, parameters: { wal_log_hints: 'on', max_connections: 60 } },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
    },
    postgresql: {
      listen: `${address}:5432`,
      connect_address: `${address}:5432`,
      data_dir: `${folder}/data`,
      bin_dir: bin,
      pgpass: `${folder}/pgpass`,
      authentication: { superuser: { username: 'postgres' }, replication: { username: 'replicator' } },
      pg_hba: [
        'local all all trust',
        `host all all ${network}.0/24 trust`,
        `host replication all ${network}.0/24 trust`,
      ],
      parameters: { unix_socket_directories: folder, shared_buffers: '64MB' },
    },
  });
}

/** As Patroni's manual has it: to whoever says that it is the leader; sessions end when it no longer says so. */
export function haproxyConfig(port: number, nodes: readonly (readonly [name: string, address: string])[]): string {
  return `
defaults
  mode tcp
  timeout connect 2s
  timeout client 30m
  timeout server 30m
  timeout check 1s
listen postgres
  bind 127.0.0.1:${String(port)}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${nodes.map(([name, address]) => `  server ${name} ${address}:5432 check port 8008`).join('\n')}
`;
}

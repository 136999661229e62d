import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { type Seen } from './load.js';
import { PATRONI } from './patroni-config.js';

export type Outcome = Readonly<{ name: string; seen: Seen }>;
type Run = Readonly<{ outcomes: readonly Outcome[]; reads: number; writes: number; minutes: number }>;

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
const versionOf = (command: string): string =>
  (spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout.match(/\d+(\.\d+)+/) ?? ['?'])[0];

/** docs/failover.md, as a run has found it. */
export function reportOf({ outcomes, reads, writes, minutes }: Run): string {
  const rows = outcomes.map(
    ({ name, seen }) =>
      `| ${name} | ${seconds(seen.writeGapMs)} | ${seen.refusedWrites} | ${seen.writes} | ${seen.reads} | ${seen.stale} | ${seconds(seen.staleMs)} | ${seconds(seen.longestReadMs)} | ${seen.failedReads.length} |`,
  );
  return `# Failover, tried

\`npm run failover\` starts three PostgreSQL under Patroni, each in a network namespace of its own, with an etcd, and HAProxy in front that leads to
the leader. Two replicas of Heksher behind it are written to by four clients and read by six, at some dozens of requests a second. A
checker compares all answers with all acknowledged writes ([test/support/history](../test/support/history/history.ts)). A write that is
refused is tried again. This page is written by that run.

**No acknowledged write was lost, and no read that was not marked \`Heksher-Stale\` was older than a write acknowledged before it, in
${writes} writes and ${reads} reads.** A query is answered throughout, from memory while there is no leader.

| what happened | longest time without a write (s) | writes refused | writes | reads | of these marked stale | marked for (s) | longest read (s) | failed reads |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

Each row ends when the lost node is back, all three run, and clients are served as before. A longest read is one that waited for a freshness check
(\`HEKSHER_READ_TIMEOUT_MS\`, 2 s) before it was answered from memory.

Run on ${new Date().toISOString().slice(0, 10)} for ${minutes.toFixed(0)} minutes, on ${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}) with ${Math.round(totalmem() / 2 ** 30)} GiB, which other programs used too;
Node ${process.versions.node}, PostgreSQL ${versionOf('/usr/lib/postgresql/15/bin/postgres')}, Patroni ${versionOf('patroni')}, etcd ${versionOf('etcd')}. Patroni: \`ttl\` ${PATRONI.ttl}, \`loop_wait\` ${PATRONI.loop_wait}, \`retry_timeout\` ${PATRONI.retry_timeout}, \`synchronous_mode\`.
A lost leader is replaced when its \`ttl\` has passed, so that with Patroni's own defaults (30, 10, 10) writes are away for longer.

## What this needs of the cluster

- **Synchronous replication** (\`synchronous_mode: true\`). Without it a failover loses what PostgreSQL had acknowledged, which nothing above it can mend: with
  \`synchronous_mode: false\` the same run finds lost writes when the leader is cut off the standbys.
- **A way to the leader only**, that ends sessions to a former one: \`on-marked-down shutdown-sessions\` of HAProxy, with checks well within the \`ttl\`. Where
  nothing does (a Service of Kubernetes that follows the leader), the demoted server ends its sessions itself; against one whose Patroni hangs there is
  Patroni's watchdog.
- Where an operator cancels the wait for the synchronous standby (\`pg_cancel_backend\`), PostgreSQL says that the commit went well. Heksher answers 503 then:
  such a write can be read, and is lost with the leader.
`;
}

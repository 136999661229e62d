// Runs end-to-end tests of an older version, with its own build, on databases that this version has migrated:
// npm run old-on-new -- COMMIT [PATH...]. PATHs are of the older version's tests; without any, those of CORE.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@heksher/embedded-postgres';

/** What clients of a service that was rolled back rely on; not what an older version says of its own schema. */
const CORE = [
  'context-features',
  'settings',
  'rules',
  'rollouts',
  'query',
  'evaluation',
  'writes',
  'changesets',
  'history',
  'feed/changes',
  'access/keys',
  'access/principals',
  'webhooks/webhooks.test',
].map((path) => `test/${path}`);

/** As many as `npm test` has. */
const WORKERS = Math.ceil(1.5 * availableParallelism());

const [commit, ...paths] = process.argv.slice(2);
if (commit === undefined) throw new Error('usage: npm run old-on-new -- COMMIT [PATH...]');
const older = run('git', ['rev-parse', '--short', '--verify', `${commit}^{commit}`]).trim();
const folder = mkdtempSync(join(tmpdir(), 'heksher-old-'));
const tree = join(folder, 'tree');
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), settings: { fsync: 'off' } });
try {
  run('git', ['worktree', 'add', '--quiet', '--detach', tree, older]);
  installPackages();
  run('npm', ['run', '--silent', 'build:service'], { cwd: tree });
  const newest = run(process.execPath, ['apps/heksher/dist/heksher.js', 'migrate'], {
    env: { ...process.env, HEKSHER_DB_CONNECTION_STRING: urlOf('template1') },
  });
  process.stdout.write(`${newest}tests of ${older} on that schema:\n`);
  process.exitCode = test(urlOf('postgres'));
} finally {
  await postgres.stop();
  spawnSync('git', ['worktree', 'remove', '--force', tree]);
  rmSync(folder, { recursive: true, force: true });
}

/** The packages of this version where both have the same lock file, else those of the older one. */
function installPackages() {
  if (spawnSync('git', ['diff', '--quiet', older, 'HEAD', '--', 'package-lock.json']).status !== 0) {
    run('npm', ['ci', '--silent', '--no-audit', '--no-fund'], { cwd: tree });
    return;
  }
  const places = run('git', ['ls-files', '*package.json']).trim().split('\n');
  for (const place of places.map((path) => join(path, '..', 'node_modules')))
    if (existsSync(place)) run('cp', ['-a', place, join(tree, place)]);
}

/**
 * Tests make their databases as copies of `template1`, or empty ones of `template0`: with the new schema in `template1`, all that an older
 * version's tests run on has it, though nothing of that version was changed.
 */
function urlOf(database) {
  const { host, port, user, password } = postgres.address;
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

function test(url) {
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--selectProjects', 'e2e', '--forceExit'];
  const env = { ...process.env, HEKSHER_TEST_DB_CONNECTION_STRING: url };
  const { status } = spawnSync(
    process.execPath,
    [...jest, `--maxWorkers=${WORKERS}`, '--', ...(paths.length > 0 ? paths : CORE)],
    {
      cwd: tree,
      env,
      stdio: 'inherit',
    },
  );
  return status ?? 1;
}

function run(file, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 2 ** 28, ...options });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} failed: ${error ?? stderr}${stdout}`);
  return stdout;
}

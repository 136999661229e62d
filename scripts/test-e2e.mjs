// All end-to-end tests, or those that the arguments name. A few files that fail beside the others run once more, alone: many of them kill processes,
// cut networks and wait for what follows, which a machine that is busy with something else can make too slow. What fails alone fails the run, and
// what passes alone is named at its end.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Most of an end-to-end test is waiting for other processes. (Jest takes no percentage above a hundred.) */
const WORKERS = Math.ceil(1.5 * availableParallelism());

/** More than these have a cause in common. */
const MOST_AGAIN = 4;

const jest = (...args) =>
  spawnSync(
    process.execPath,
    ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--selectProjects', 'e2e', ...args],
    { stdio: 'inherit' },
  ).status ?? 1;

const folder = mkdtempSync(join(tmpdir(), 'heksher-results-'));
const results = join(folder, 'results.json');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const args = process.argv.slice(2);
const workers = args.some((arg) => arg.startsWith('--maxWorkers')) ? [] : [`--maxWorkers=${WORKERS}`];
const status = jest(...workers, '--json', `--outputFile=${results}`, ...(args.includes('--') ? args : [...args, '--']));
const failed = status === 0 ? [] : failedFiles();
if (failed.length === 0 || failed.length > MOST_AGAIN) process.exit(status);

console.error(`\nAGAIN, one at a time: ${failed.join(', ')}`);
const again = jest('--maxWorkers=1', '--runTestsByPath', '--', ...failed);
if (again === 0)
  console.error(`\nPASSED ONLY ALONE: ${failed.join(', ')}. What failed beside the others is told above.`);
process.exit(again);

/** Those of the first run; none where it did not come to its end. */
function failedFiles() {
  try {
    const { testResults } = JSON.parse(readFileSync(results, 'utf8'));
    return testResults.filter((file) => file.status === 'failed').map(({ name }) => relative('.', name));
  } catch {
    return [];
  }
}

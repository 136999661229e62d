import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describeUnless, noRedis, useRedis } from '../support/rollouts/redis.js';
import { addFeatures } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OLD_LINE = 'const rollout = new Rollout(new MemoryBackend());';

let start: string;
let newLine: string;
beforeAll(async () => {
  const readme = await readFile(`${ROOT}libs/rollout/README.md`, 'utf8');
  const blocks = [...readme.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  start = blocks.find((block) => block.startsWith('import')) ?? '';
  newLine = blocks.find((block) => block.startsWith('const rollout = new Rollout(new HeksherBackend')) ?? '';
  expect(start).toContain(OLD_LINE);
  expect(newLine).toContain('http://localhost:8080');
});

it('the start of the README prints what it says', () => runsAsTold('MemoryBackend', OLD_LINE));

describe('it prints the same', () => {
  const api = useService();
  it('on the service, by the line that the README says', async () => {
    await addFeatures(api.call, 'user');
    await runsAsTold('HeksherBackend', newLine.replace('http://localhost:8080', api.url()));
  });
});

describeUnless(noRedis)('it prints the same on Redis', () => {
  const { url, prefix } = useRedis();
  it.each(['RedisBackend', 'RedisHighPerfBackend'])('by %s', async (backend) => {
    const options = JSON.stringify({ url: url(), prefix });
    await runsAsTold(backend, `const rollout = new Rollout(new ${backend}(${options}));`);
  });
});

/** Runs the start with this line in place of the one with MemoryBackend. */
async function runsAsTold(backend: string, line: string): Promise<void> {
  const program = start.replace(OLD_LINE, line).replace('import { MemoryBackend,', `import { ${backend},`);
  // Within the repository, so that the package is found.
  await mkdir(join(ROOT, 'test/dist'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, 'test/dist/readme-'));
  try {
    await writeFile(join(folder, 'program.mjs'), program);
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program.mjs')]);
    const told = [...program.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, comment = '']) => comment);
    const printed = stdout.trimEnd().split('\n');
    expect(told.length).toBeGreaterThanOrEqual(8);
    // After a colon comes the reason, unless what is printed has one itself.
    expect(printed).toEqual(
      told.map((comment, index) => (comment === printed[index] ? comment : comment.replace(/: .*/, ''))),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

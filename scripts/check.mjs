/**
 * All checks but the end-to-end tests: `npm run check`. Most have one thread, so two go on beside each other, in rows that take about as long. What one has
 * printed comes whole when it ends. Each is run whatever becomes of the others, but for those that need the build.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const failed = [];

const building = run('build');
const unbuilt = async () => {
  for (const script of ['format:check', 'test:unit']) await run(script);
};
const built = async (script) => {
  if (await building) await run(script);
  else console.log(`\nNOT RUN: ${script}, which needs the build`);
};
await Promise.all([built('lint'), unbuilt().then(() => built('boundaries'))]);

if (failed.length > 0) {
  console.error(`\nFAILED: ${failed.join(', ')}, see above`);
  process.exitCode = 1;
}

/** Runs a script of package.json, and gives whether it has passed. */
async function run(script) {
  const start = Date.now();
  const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const output of [child.stdout, child.stderr]) output.setEncoding('utf8').on('data', (text) => (printed += text));
  const [code] = await once(child, 'close');
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(`\n${code === 0 ? 'PASSED' : 'FAILED'}: npm run ${script} (${seconds} s)\n${printed.trimEnd()}`);
  if (code !== 0) failed.push(script);
  return code === 0;
}

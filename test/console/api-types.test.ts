import { readFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { REPOSITORY } from '../support/repository.js';
import { startTestService } from '../support/service/service.js';

it("the console's types are those of the service's document", async () => {
  const service = await startTestService({ DOC_ONLY: 'true' });
  try {
    // In a process of its own: the generator is not made for the module loader of the tests.
    const script = `
      import { typesOf } from '${REPOSITORY}scripts/console-types.mjs';
      process.stdout.write(await typesOf(await (await fetch('${service.url}/openapi.json')).json()));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: REPOSITORY,
      maxBuffer: 2 ** 26,
    });
    const committed = await readFile(`${REPOSITORY}apps/console/src/api/schema.ts`, 'utf8');
    // Else: npm run console:types
    expect(committed === stdout).toBe(true);
  } finally {
    await service.stop();
  }
});

import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { findSecrets } from '../support/service/find-secrets.js';
import { startTestService } from '../support/service/service.js';

/** That no line of any test has a secret is found out when all of them are done; here, that this is found out. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a secret in a log is found, with its kind and test, and is not shown', async () => {
  const secret = makeKey().text;
  const other = makeKey().text;
  await writeFile(
    join(folder, 'a.secrets'),
    [secret, other].map((text) => `${JSON.stringify({ kind: 'a key', text, test: 'test/x' })}\n`).join(''),
  );
  await writeFile(join(folder, 'b.log'), `{"path":"/x"}\n`);
  expect(await findSecrets(folder)).toEqual([]);
  await appendFile(join(folder, 'b.log'), `{"path":"/x?k=${secret}&"}\n{"path":"${secret.slice(0, -1)}"}\n`);
  expect(await findSecrets(folder)).toEqual(['a key, of test/x, in the line {"path":"/x?k=…&"}']);
});

test('what services print and what they are given is collected', async () => {
  const key = makeKey().text;
  const service = await startTestService({ HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: key });
  const headers = { Authorization: `Bearer ${key}`, 'X-Request-Id': 'collected-here' };
  expect((await service.call('GET', `/api/v1/query?token=${key}`, { headers })).status).toBe(200);
  await service.stop();
  const collected = process.env['HEKSHER_TEST_LOGS'] ?? '';
  const texts = async (ending: string): Promise<string> => {
    const files = (await readdir(collected)).filter((file) => file.endsWith(ending));
    return (await Promise.all(files.map((file) => readFile(join(collected, file), 'utf8')))).join('');
  };
  expect(await texts('.secrets')).toContain(
    `"kind":"HEKSHER_ADMIN_KEY","text":"${key}","test":"test/operation/log-secrets.test.ts"`,
  );
  const line = (await texts('.log')).split('\n').find((one) => one.includes('"collected-here"'));
  expect(line).toContain('"path":"/api/v1/query?token=…"');
});

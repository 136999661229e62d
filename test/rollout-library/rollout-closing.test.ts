import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describeUnless, noRedis, useRedis } from '../support/rollouts/redis.js';
import { addFeatures } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a program of its own prints, on the built library; fails where it does not end by itself. */
async function run(backend: string, program: string): Promise<string> {
  const text = `
    import { HeksherBackend, MemoryBackend, RedisBackend, RedisHighPerfBackend, Rollout } from '@heksher/rollout';
    const backend = ${backend};
    const rollout = new Rollout(backend);
    const codeOf = (call) => call.then((answer) => String(answer), ({ code, message }) => code + ': ' + message);
    ${program}
  `;
  const options = { cwd: ROOT, timeout: 20_000 };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', text],
    options,
  );
  expect(stderr).toBe('');
  return stdout;
}

const CLOSED = 'unavailable: the rollout or its back end was closed; make another one\n';

function describeClosing(backendOf: () => string, away: string | undefined): void {
  it('a program that closes it and checks again is told so, and ends', async () => {
    const printed = await run(
      backendOf(),
      `await rollout.addFunc('closing', { percentage: 100 });
      console.log(await rollout.isEnabled('closing', 'ann'));
      await rollout.close();
      await rollout.close();
      console.log(await codeOf(rollout.isEnabled('closing', 'ann')));
      console.log(await codeOf(rollout.check('closing', 1)((id) => id)('ann')));
      console.log(await codeOf(rollout.addFunc('closing')));
      console.log(await codeOf(rollout.functionalities()));`,
    );
    expect(printed).toBe(`true\n${CLOSED.repeat(4)}`);
  });

  it('a check after that answers what it was told to answer where there is no answer', async () => {
    const printed = await run(
      backendOf(),
      `const forgiving = new Rollout(backend, { onError: 'disabled' });
      const open = new Rollout(backend, { onError: (error) => error.code === 'unavailable' });
      for (const each of [forgiving, open]) {
        await each.close();
        console.log(await each.isEnabled('closing', 'ann'));
      }`,
    );
    expect(printed).toBe('false\ntrue\n');
  });

  it('one that is closed before its first check has an answer ends too', async () => {
    const printed = await run(
      backendOf(),
      `const asked = codeOf(rollout.isEnabled('closing', 'ann'));
      await rollout.close();
      console.log(/^(true|false|unavailable: .*)$/.test(await asked));`,
    );
    expect(printed).toBe('true\n');
  });

  if (away === undefined) return;
  it('one whose store is away ends when it is closed, at once', async () => {
    const start = performance.now();
    const printed = await run(
      away,
      `const asked = codeOf(rollout.isEnabled('closing', 'ann'));
      setTimeout(() => void rollout.close(), 200);
      console.log((await asked).split(':')[0]);`,
    );
    expect(printed).toBe('unavailable\n');
    expect(performance.now() - start).toBeLessThan(10_000);
  });
}

describe('MemoryBackend', () => describeClosing(() => 'new MemoryBackend()', undefined));

describe('HeksherBackend', () => {
  const api = useService();
  beforeAll(() => addFeatures(api.call, 'user'));
  describeClosing(
    () => `new HeksherBackend({ url: '${api.url()}' })`,
    `new HeksherBackend({ url: 'http://127.0.0.1:2' })`,
  );
});

describeUnless(noRedis)('on Redis', () => {
  const { url, prefix } = useRedis();
  describe.each(['RedisBackend', 'RedisHighPerfBackend'])('%s', (kind) => {
    const optionsOf = (address: string) => JSON.stringify({ url: address, prefix, timeoutMs: 30_000 });
    describeClosing(() => `new ${kind}(${optionsOf(url())})`, `new ${kind}(${optionsOf('redis://192.0.2.1')})`);
  });
});

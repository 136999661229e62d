import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RedisBackend, RedisHighPerfBackend, type RedisOptions, Rollout, RolloutError } from '@heksher/rollout';
import {
  connectTo,
  describeUnless,
  noRedis,
  noRedisServer,
  type RedisServer,
  startRedis,
  useRedis,
} from '../support/rollouts/redis.js';
import { freshName } from '../support/rollouts/rollout-behaviour.js';
import { until } from '../support/service/until.js';

const WRITER = fileURLToPath(new URL('../support/rollouts/rollout-writer.mjs', import.meta.url));
const BACKENDS = [
  ['RedisBackend', RedisBackend],
  ['RedisHighPerfBackend', RedisHighPerfBackend],
] as const;

describeUnless(noRedis).each(BACKENDS)('%s', (kind, Backend) => {
  const { url, client, prefix } = useRedis();
  const opened: Rollout[] = [];
  const open = (options: RedisOptions = { url: url(), prefix }): Rollout => {
    const rollout = new Rollout(new Backend(options));
    opened.push(rollout);
    return rollout;
  };
  afterEach(() => Promise.all(opened.splice(0).map((rollout) => rollout.close())));

  it('two processes that change one functionality at once lose nothing', async () => {
    const name = freshName();
    const rollout = open();
    await rollout.addFunc(name, { percentage: 0 });
    const writers = ['a', 'b'].map((who) => startWriter([kind, url(), prefix, name, who, '200']));
    await Promise.all(writers.map(({ ready }) => ready));
    for (const { child } of writers) child.stdin?.write('go\n');
    expect(await Promise.all(writers.map(({ exited }) => exited))).toEqual([0, 0]);
    // Each has toggled 20 times.
    const { enabled, percentage, patterns } = await rollout.functionality(name);
    expect({ enabled, percentage, patterns: patterns.length }).toEqual({ enabled: true, percentage: 0, patterns: 20 });
    const ids = ['a', 'b'].flatMap((who) => Array.from({ length: 200 }, (_, index) => `${who}${index}`));
    const answers = await Promise.all(ids.map((id) => rollout.isEnabled(name, id)));
    expect(ids.filter((_, index) => !answers[index])).toEqual([]);
    expect(await rollout.isEnabled(name, 'b-pattern-180')).toBe(true);
    expect(await rollout.isEnabled(name, 'c0')).toBe(false);
  });

  it('takes names, ids and prefixes with whatever is in them', async () => {
    const odd = `${prefix}[*]?\\{}:`;
    const rollout = open({ url: url(), prefix: odd });
    const names = ['a', 'a}', '{b}', 'c:rules', 'd\n*', 'ü'];
    for (const name of names) await rollout.addFunc(name, { percentage: 0, variants: ['x\ny', '"'] });
    await open({ url: url(), prefix: `${prefix}xx` }).addFunc('elsewhere');
    expect(await rollout.functionalities()).toEqual(names.toSorted());
    const ids = ['a b', 'a\nb', '"', '\\', '\\n', ',', '|', '用户', '\0'];
    for (const id of ids) await rollout.register('d\n*', id);
    const asked = [...ids, 'a', 'b', '\n', '', 'n'].filter((id) => id !== '');
    const answers = await Promise.all(asked.map((id) => rollout.isEnabled('d\n*', id)));
    expect(asked.filter((_, index) => answers[index])).toEqual(ids);
    expect(await rollout.isEnabled('a', 'a b')).toBe(false);
  });

  it('gives a typed error where a key holds something else', async () => {
    const name = freshName();
    const rollout = open();
    const [key = ''] = await keysOf(rollout, name);
    for (const spoil of [() => client().set(key, 'x'.repeat(50)), () => client().set(key, `${'x'.repeat(36)}\n{}\n`)]) {
      await spoil();
      await expect(rollout.isEnabled(name, 'ann')).rejects.toMatchObject({ code: 'conflict' });
    }
    await client().del(key);
    await client().hSet(key, 'a', 'b');
    await expect(rollout.isEnabled(name, 'ann')).rejects.toMatchObject({ code: 'conflict' });
    await expect(rollout.register(name, 'ann')).rejects.toBeInstanceOf(RolloutError);
  });

  it('works where Redis has forgotten the scripts', async () => {
    const name = freshName();
    const rollout = open();
    await rollout.addFunc(name, { percentage: 0 });
    await client().scriptFlush();
    await rollout.register(name, 'ann');
    await client().scriptFlush();
    expect(await rollout.isEnabled(name, 'ann')).toBe(true);
  });

  it('answers where somebody has deleted keys', async () => {
    const name = freshName();
    const rollout = open();
    const keys = await keysOf(rollout, name);
    await rollout.setPercentage(name, 80);
    await rollout.register(name, '79');
    const units = keys.find((key) => key.endsWith(':units'));
    if (units !== undefined) {
      await client().del(units);
      expect(await rollout.isEnabled(name, '37')).toBe(true);
      expect(await rollout.isEnabled(name, '79')).toBe(false);
    }
    await client().del([...keys]);
    expect(await rollout.isEnabled(name, '37')).toBe(false);
    await expect(rollout.register(name, '79')).rejects.toMatchObject({ code: 'not_found' });
  });

  /** The keys that a functionality makes. */
  async function keysOf(rollout: Rollout, name: string): Promise<readonly string[]> {
    await rollout.addFunc(name);
    const found: string[] = [];
    for await (const keys of client().scanIterator({ MATCH: `${prefix}*${name}*` })) found.push(...keys);
    return found;
  }
});

describe.each(BACKENDS)('%s, wrongly made', (_, Backend) => {
  it.each([[{}], [{ url: 'redis://127.0.0.1', client: { isReady: true, sendCommand: () => Promise.resolve() } }]])(
    'takes a url or a client, and not %j',
    (options) => expect(() => new Backend(options)).toThrow('either a url'),
  );

  it.each([
    ['', 'is empty'],
    ['somewhere', 'is not a URL'],
    ['redis://', 'names no host'],
    ['redis:///0', 'names no host'],
    ['localhost:6379', 'begins with "localhost:"'],
    ['http://somewhere', 'begins with "http:"'],
    ['redis://somewhere/one', 'has the database "one"'],
    ['redis://:50%pw@somewhere', 'has a "%" in its password'],
  ])('refuses the url %j, and does not take localhost in its place: it %s', (url, why) => {
    expect(() => new Backend({ url })).toThrow(`the url of Redis ${why}`);
    expect(() => new Backend({ url })).not.toThrow('pw@');
  });
});

describeUnless(noRedisServer).each(BACKENDS)('%s while Redis is away', (_, Backend) => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(() => server.end());

  it('says so at once, or what it was told to, and goes on when Redis is back', async () => {
    const backend = new Backend({ url: server.url });
    const rollout = new Rollout(backend);
    await rollout.addFunc('a', { percentage: 0, variants: ['x'] });
    await rollout.register('a', 'ann');
    await server.stop();
    await until('the loss to be seen', () => rollout.isEnabled('a', 'ann').then(() => false, isUnavailable));
    const seen: unknown[] = [];
    const [closed, told] = [
      new Rollout(backend, { onError: 'disabled' }),
      new Rollout(backend, { onError: (error) => seen.push(error.code) > 0 }),
    ];
    expect(await closed.isEnabled('a', 'ann')).toBe(false);
    expect(await closed.variant('a', 'ann')).toBeUndefined();
    await expect(closed.check('a', 1)((id: string) => id)('ann')).rejects.toMatchObject({
      code: 'not_acceptable_here',
    });
    expect(await told.isEnabled('a', 'ann')).toBe(true);
    expect(seen).toEqual(['unavailable']);
    await expect(closed.register('a', 'bob')).rejects.toMatchObject({ code: 'unavailable' });
    await server.start();
    await until('the connection', () =>
      rollout.isEnabled('a').then(
        () => true,
        () => false,
      ),
    );
    await rollout.addFunc('a', { percentage: 0 });
    await rollout.register('a', 'bob');
    expect(await rollout.isEnabled('a', 'bob')).toBe(true);
    await rollout.close();
  });

  it('says so where Redis was never there', async () => {
    await server.stop();
    const rollout = new Rollout(new Backend({ url: server.url }));
    await expect(rollout.isEnabled('a', 'ann')).rejects.toMatchObject({ code: 'unavailable' });
    await server.start();
    await until('the connection', () =>
      rollout.addFunc('a').then(
        () => true,
        () => false,
      ),
    );
    expect(await rollout.isEnabled('a', 'ann')).toBe(true);
    await rollout.close();
  });

  it('says so where Redis takes a question and does not answer', async () => {
    const rollout = new Rollout(new Backend({ url: server.url, timeoutMs: 100 }));
    await until('a first answer', () =>
      rollout.addFunc('a').then(
        () => true,
        () => false,
      ),
    );
    server.pause();
    await expect(rollout.isEnabled('a', 'ann')).rejects.toMatchObject({ code: 'unavailable' });
    server.resume();
    await until('an answer', () => rollout.isEnabled('a', 'ann').catch(() => false));
    await rollout.close();
  });

  it('says so of a client that is not connected', async () => {
    const client = await connectTo(server.url);
    const rollout = new Rollout(new Backend({ client }));
    await rollout.addFunc('a');
    client.destroy();
    await expect(rollout.isEnabled('a', 'ann')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

function isUnavailable(error: unknown): boolean {
  expect(error).toMatchObject({ code: 'unavailable' });
  return true;
}

type Writer = Readonly<{ child: ChildProcess; ready: Promise<unknown>; exited: Promise<number | null> }>;

function startWriter(args: readonly string[]): Writer {
  const child = spawn(process.execPath, [WRITER, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const gone = exited.then((code) => Promise.reject(new Error(`the writer ended with ${code}`)));
  gone.catch(() => undefined);
  return { child, ready: Promise.race([once(child.stdout, 'data'), gone]), exited };
}

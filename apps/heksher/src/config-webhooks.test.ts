import { readConfig } from './config.js';

const DATABASE = { HEKSHER_DB_CONNECTION_STRING: 'postgresql://u:p@localhost/db' };
const webhooksOf = (env: Readonly<Record<string, string>>) => readConfig({ ...DATABASE, ...env }).webhooks;
const KEY = Buffer.alloc(32, 7).toString('base64');

it('sends nothing without a key, and retries by the usual schedule', () => {
  const { secretKeys, source, timeoutMs, delaysMs, allowed } = webhooksOf({});
  expect({
    secretKeys: secretKeys(),
    source,
    timeoutMs,
    first: delaysMs[0],
    count: delaysMs.length,
    rules: allowed.rules,
  }).toEqual({
    ...{ secretKeys: [], source: '', timeoutMs: 15_000, first: 5_000, count: 9, rules: [] },
  });
});

it('takes what the operator says', () => {
  const { secretKeys, source, timeoutMs, delaysMs, allowed } = webhooksOf({
    HEKSHER_SECRET_KEY: `${KEY},${KEY}`,
    HEKSHER_PUBLIC_URL: 'https://settings.example.com/heksher/',
    HEKSHER_WEBHOOK_ALLOW: '10.2.0.0/16, fd00::/8',
    HEKSHER_WEBHOOK_TIMEOUT_MS: '2000',
    HEKSHER_WEBHOOK_RETRIES_S: '0.5, 60',
  });
  expect(secretKeys()).toEqual([Buffer.alloc(32, 7), Buffer.alloc(32, 7)]);
  expect({ source, timeoutMs, delaysMs }).toEqual({
    ...{ source: 'https://settings.example.com/heksher', timeoutMs: 2_000, delaysMs: [500, 60_000] },
  });
  expect([allowed.check('10.2.3.4'), allowed.check('10.3.0.1'), allowed.check('fd00::1', 'ipv6')]).toEqual([
    ...[true, false, true],
  ]);
});

it.each([
  ['HEKSHER_SECRET_KEY', 'secret'],
  ['HEKSHER_PUBLIC_URL', 'settings.example.com'],
  ['HEKSHER_PUBLIC_URL', 'https://settings.example.com/?x'],
  ['HEKSHER_WEBHOOK_ALLOW', '10.0.0.0/99'],
  ['HEKSHER_WEBHOOK_TIMEOUT_MS', '5'],
  ['HEKSHER_WEBHOOK_RETRIES_S', '5,soon'],
  ['HEKSHER_WEBHOOK_RETRIES_S', '5,999999'],
  ['HEKSHER_SINK_REDIS_URL', 'http://:password@redis'],
  ['HEKSHER_SINK_REDIS_URL', 'redis://redis/changes'],
  ['HEKSHER_SINK_REDIS_MAXLEN', '0'],
  ['HEKSHER_SINK_NATS_URL', 'nats://a,http://b'],
  ['HEKSHER_SINK_NATS_STREAM', 'a b'],
  ['HEKSHER_SINK_NATS_SUBJECT', 'changes.>'],
  ['HEKSHER_SINK_NATS_MAX_MSGS', '0'],
  ['HEKSHER_SINK_NATS_CREDS', 'SUAM'],
  ['HEKSHER_SINK_NATS_CA', 'x'],
  ['HEKSHER_SINK_NATS_CERT', 'x'],
])('refuses %s=%s by name', (name, value) => {
  expect(() => webhooksOf({ [name]: value })).toThrow(name);
});

it('publishes to Redis where that is named, and tells nobody its password', () => {
  const read = (env: Readonly<Record<string, string>>) => readConfig({ ...DATABASE, ...env }).sinks.redis;
  const url = 'redis://:password@redis';
  expect(read({})).toBeUndefined();
  const { url: present, ...names } = read({ HEKSHER_SINK_REDIS_URL: url }) ?? {};
  expect([present?.(), names]).toEqual([url, { stream: 'heksher:changes', most: 100_000 }]);
  expect(() => read({ HEKSHER_SINK_REDIS_URL: 'http://:hunter2@redis' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') as unknown }) as Error,
  );
});

it('publishes to NATS where servers are named, and tells nobody their password', () => {
  const read = (env: Readonly<Record<string, string>>) => readConfig({ ...DATABASE, ...env }).sinks.nats;
  expect(read({})).toBeUndefined();
  const { servers, ...names } = read({ HEKSHER_SINK_NATS_URL: 'nats://u:password@a, nats://u:password@b:4223' }) ?? {};
  expect(servers?.().map(({ host }) => host)).toEqual(['a', 'b:4223']);
  expect(names).toEqual({
    credentials: undefined,
    tls: {},
    stream: 'heksher',
    subject: 'heksher.changes',
    most: 100_000,
  });
  expect(() => read({ HEKSHER_SINK_NATS_URL: 'http://:password@nats' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('password') as unknown }) as Error,
  );
});

it('takes credentials of NATS beside no other, and tells nobody what they are', () => {
  const seed = `SU${'A'.repeat(56)}`;
  const read = (env: Readonly<Record<string, string>>) => readConfig({ ...DATABASE, ...env }).sinks.nats;
  const given = { HEKSHER_SINK_NATS_URL: 'nats://a', HEKSHER_SINK_NATS_CREDS: seed };
  expect(read(given)?.credentials?.()).toBe(seed);
  expect(() => read({ ...given, HEKSHER_SINK_NATS_URL: 'nats://u:p@a' })).toThrow(/only one of them can hold/);
  expect(() => read({ ...given, HEKSHER_SINK_NATS_CREDS: `${seed}1` })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(seed) as unknown }) as Error,
  );
});

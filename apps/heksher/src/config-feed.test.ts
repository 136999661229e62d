import { readConfig } from './config.js';

const DATABASE = { HEKSHER_DB_CONNECTION_STRING: 'postgresql://u:p@localhost/db' };
const feedOf = (env: Readonly<Record<string, string>>) => readConfig({ ...DATABASE, ...env }).feed;

it('lets ten thousand follow for an hour, and listens, unless it is told otherwise', () => {
  expect(feedOf({})).toEqual({
    notify: true,
    streamsMax: 10_000,
    streamsPerPrincipal: 100,
    streamMaxMs: 3_600_000,
  });
  const env = {
    HEKSHER_NOTIFY: 'off',
    HEKSHER_STREAMS_MAX: '0',
    HEKSHER_STREAMS_PER_PRINCIPAL: '7',
    HEKSHER_STREAM_MAX_S: '60',
  };
  expect(feedOf(env)).toEqual({ notify: false, streamsMax: 0, streamsPerPrincipal: 7, streamMaxMs: 60_000 });
});

it.each([
  ['HEKSHER_NOTIFY', 'maybe'],
  ['HEKSHER_STREAMS_MAX', '-1'],
  ['HEKSHER_STREAMS_PER_PRINCIPAL', '0'],
  ['HEKSHER_STREAM_MAX_S', '86401'],
])('refuses %s=%s by name', (name, value) => {
  expect(() => feedOf({ [name]: value })).toThrow(name);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeksherError } from '@heksher/core';
import fc from 'fast-check';
import { type DatabaseAddress, parseConnectionString } from './connection-string.js';

const local = { host: 'h', port: 5432, database: 'd', ssl: false } as const;

const accepted: readonly [string, DatabaseAddress][] = [
  ['postgresql://h/d', local],
  ['postgres://h/d', local],
  ['POSTGRESQL://h/d', local],
  ['postgresql://u:p@h:6000/d', { ...local, user: 'u', password: 'p', port: 6000 }],
  ['postgresql://u@h', { ...local, user: 'u', database: 'u' }],
  ['postgresql://u:@h/d', { ...local, user: 'u' }],
  ['postgresql://u%40x:p%2F%3F%23%40%3A%25@h/d%20e', { ...local, user: 'u@x', password: 'p/?#@:%', database: 'd e' }],
  ['postgresql://[::1]:6000/d', { ...local, host: '::1', port: 6000 }],
  ['postgresql://[fe80::1%25eth0]/d', { ...local, host: 'fe80::1%eth0' }],
  ['postgresql:///d?host=/var/run/postgresql', { ...local, host: '/var/run/postgresql' }],
  ['postgresql://u@/d?host=/run&sslmode=require', { ...local, user: 'u', host: '/run' }],
  ['postgresql://%2Frun%2Fpg/d', { ...local, host: '/run/pg' }],
  ['postgresql:///d', { ...local, host: 'localhost' }],
  ['postgresql://?host=h&port=1&user=u&password=p%26q&dbname=d', { ...local, port: 1, user: 'u', password: 'p&q' }],
  ['postgresql://x:y@z:1/w?host=h&port=5432&user=u&password=p+q&dbname=d', { ...local, user: 'u', password: 'p+q' }],
  ['postgresql://h/d?sslmode=disable', local],
  ['postgresql://h/d?sslmode=allow', local],
  ['postgresql://h/d?sslmode=prefer', local],
  ['postgresql://h/d?sslmode=require', { ...local, ssl: { rejectUnauthorized: false } }],
  ['postgresql://h/d?sslmode=verify-full', { ...local, ssl: { rejectUnauthorized: true } }],
  [
    'postgresql://h/d?application_name=a%20b&connect_timeout=3',
    { ...local, applicationName: 'a b', connectTimeoutMs: 3000 },
  ],
  ['postgresql://h/d?options=-c%20search_path%3Dx', { ...local, options: '-c search_path=x' }],
  ['postgresql://h/d?channel_binding=require', { ...local, channelBinding: 'require' }],
  ['postgresql://h/d?channel_binding=disable', local],
  [
    'postgresql://a:1,b,[::1]:3/d?target_session_attrs=read-write',
    {
      ...local,
      host: 'a',
      port: 1,
      otherHosts: [
        { host: 'b', port: 5432 },
        { host: '::1', port: 3 },
      ],
      targetSession: 'read-write',
    },
  ],
  ['postgresql:///d?host=a,b&port=7', { ...local, host: 'a', port: 7, otherHosts: [{ host: 'b', port: 7 }] }],
];

const ofPython: readonly [string, DatabaseAddress][] = [
  ['postgresql+asyncpg://u:p@h/d', { ...local, user: 'u', password: 'p' }],
  ['postgresql+psycopg2://u:p@h/d?prepared_statement_cache_size=0', { ...local, user: 'u', password: 'p' }],
  ['postgresql+asyncpg://h/d?ssl=require', { ...local, ssl: { rejectUnauthorized: false } }],
  ['postgresql://h/d?ssl=true', { ...local, ssl: { rejectUnauthorized: true } }],
  ['postgresql://h/d?ssl=require&sslmode=require', { ...local, ssl: { rejectUnauthorized: false } }],
];

const unencoded: readonly string[] = [
  'p@ss#word:x',
  'a/b',
  'what?',
  'a/b?c@d',
  'p@ss/x?y&z=1',
  '100%',
  '%zz',
  '[]{}<>|^`',
  '@',
  'a,b:1',
];

const refused: readonly [string, RegExp][] = [
  ['', /must have the form postgresql:\/\/user:password@host:port\/database/],
  ['host=h user=secret', /must have the form/],
  ['postgresql:h/d', /must have the form/],
  ['mysql://u:secret@h/d', /"mysql:\/\/": the only database is PostgreSQL/],
  ['mysql+aiomysql://u:secret@h/d', /the only database is PostgreSQL/],
  ['https://u:secret@h/d', /the only database is PostgreSQL/],
  ['postgresql://u:secret@h/d?sslcrl=x', /unknown parameter "sslcrl"; known: application_name/],
  ['postgresql://h/d?host', /must have the form/],
  ['postgresql://u:secret@h/d?sslmode=on', /sslmode must be one of disable, allow/],
  ['postgresql://u:secret@h/d?ssl=require&sslmode=disable', /ssl and sslmode contradict/],
  ['postgresql://u:secret@h/d?sslmode=verify-ca', /verify-ca needs sslrootcert/],
  ['postgresql://u:secret@h/d?sslmode=verify-ca&sslrootcert=/no/such', /sslrootcert names a file that cannot be read/],
  ['postgresql://u:secret@h/d?sslmode=require&sslcert=/no/such', /sslcert needs sslkey/],
  ['postgresql://u:secret@h/d?target_session_attrs=best', /target_session_attrs must be one of any, read-write/],
  ['postgresql://u:secret@h/d?channel_binding=maybe', /channel_binding must be one of disable, prefer, require/],
  ['postgresql://u:secret@h:0/d', /port must be a number from 1 to 65535/],
  ['postgresql://u:secret@h:65536/d', /port must be a number from 1 to 65535/],
  ['postgresql://u:secret@h:5x/d', /port must be a number from 1 to 65535/],
  ['postgresql://u:secret', /port must be a number from 1 to 65535/],
  ['postgresql://u:se?secret=1', /unknown parameter; known/],
  ['postgresql://u:p@x?secret=1@h/d?', /unknown parameter; known|must have the form/],
  ['postgresql:///d?host=a,b,c&port=1,2', /one port, or as many as there are hosts/],
  ['postgresql://u:secret@::1/d', /IPv6 address in brackets/],
  ['postgresql://:secret@h', /names no database/],
  ['postgresql://u:secret@h/d?connect_timeout=soon', /connect_timeout must be whole seconds/],
  [
    'postgresql://u:secret@h:x/d?sslmode=on&connect_timeout=soon&nonsense=1',
    /(?=.*port)(?=.*sslmode)(?=.*connect_timeout)(?=.*"nonsense")/,
  ],
];

describe('parseConnectionString', () => {
  test.each(accepted)('reads %s', (text, address) => {
    expect(parseConnectionString(text)).toEqual(address);
  });

  test.each(ofPython)('reads %s as SQLAlchemy does', (text, address) => {
    expect(parseConnectionString(text)).toEqual(address);
  });

  test.each(unencoded)('takes the password %s as it stands', (password) => {
    const expected = { ...local, user: 'u', password };
    expect(parseConnectionString(`postgresql://u:${password}@h/d`)).toEqual(expected);
    expect(parseConnectionString(`postgresql://u:${password}@h/d?application_name=a@b`)).toEqual({
      ...expected,
      applicationName: 'a@b',
    });
  });

  test('require with a root certificate, and verify-ca, check the chain and not the name; the files are read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'heksher-tls-'));
    const file = (name: string) => {
      writeFileSync(join(folder, name), name);
      return encodeURIComponent(join(folder, name));
    };
    const files = `sslrootcert=${file('ca')}&sslcert=${file('cert')}&sslkey=${file('key')}`;
    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      const { ssl } = parseConnectionString(`postgresql://h/d?sslmode=${mode}&${files}`);
      expect(ssl).toMatchObject({ rejectUnauthorized: true, ca: 'ca', cert: 'cert', key: 'key' });
      expect(ssl !== false && ssl.checkServerIdentity === undefined).toBe(mode === 'verify-full');
    }
    rmSync(folder, { recursive: true });
  });

  test.each(refused)('refuses %s and keeps the password to itself', (text, message) => {
    const error = thrownBy(() => parseConnectionString(text));
    expect(error.code).toBe('invalid');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('secret');
  });

  test('reads back any user, password and database that were percent-encoded', () => {
    const part = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(part, part, part, (user, password, database) => {
        const text = `postgresql://${[user, password].map(encodeURIComponent).join(':')}@h/${encodeURIComponent(database)}`;
        expect(parseConnectionString(text)).toEqual({ ...local, user, password, database });
      }),
    );
  });

  test('answers any text with an address or with "invalid", never with another error', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'postgresql://:@?&=%[]#,a1') }), (text) => {
        try {
          expect(parseConnectionString(`postgresql://${text}`).database).not.toBe('');
        } catch (error) {
          if (!(error instanceof HeksherError)) throw error;
          expect(error.code).toBe('invalid');
        }
      }),
    );
  });
});

function thrownBy(act: () => unknown): HeksherError {
  try {
    act();
  } catch (error) {
    if (error instanceof HeksherError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

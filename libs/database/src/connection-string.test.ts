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
  ['postgresql://u:p@ss#word:x@h/d', { ...local, user: 'u', password: 'p@ss#word:x' }],
  ['postgresql://[::1]:6000/d', { ...local, host: '::1', port: 6000 }],
  ['postgresql://[fe80::1%25eth0]/d', { ...local, host: 'fe80::1%eth0' }],
  ['postgresql:///d?host=/var/run/postgresql', { ...local, host: '/var/run/postgresql' }],
  ['postgresql://u@/d?host=/run&sslmode=require', { ...local, user: 'u', host: '/run' }],
  ['postgresql://%2Frun%2Fpg/d', { ...local, host: '/run/pg' }],
  ['postgresql:///d', { ...local, host: 'localhost' }],
  ['postgresql://?host=h&port=1&user=u&password=p%26q&dbname=d', { ...local, port: 1, user: 'u', password: 'p&q' }],
  ['postgresql://x:y@z:1/w?host=h&port=5432&user=u&password=p&dbname=d', { ...local, user: 'u', password: 'p' }],
  ['postgresql://h/d?sslmode=disable', local],
  ['postgresql://h/d?sslmode=allow', local],
  ['postgresql://h/d?sslmode=prefer', local],
  ['postgresql://h/d?sslmode=require', { ...local, ssl: { rejectUnauthorized: false } }],
  ['postgresql://h/d?sslmode=verify-ca', { ...local, ssl: { rejectUnauthorized: true } }],
  ['postgresql://h/d?sslmode=verify-full', { ...local, ssl: { rejectUnauthorized: true } }],
  [
    'postgresql://h/d?application_name=a%20b&connect_timeout=3',
    { ...local, applicationName: 'a b', connectTimeoutMs: 3000 },
  ],
];

const refused: readonly [string, RegExp][] = [
  ['', /must have the form postgresql:\/\/user:password@host:port\/database/],
  ['host=h user=secret', /must have the form/],
  ['postgresql:h/d', /must have the form/],
  ['postgresql+asyncpg://u:secret@h/d', /"postgresql\+asyncpg:\/\/": leave out the driver "\+asyncpg"/],
  ['postgres+psycopg2://u:secret@h/d', /leave out the driver "\+psycopg2"/],
  ['mysql://u:secret@h/d', /"mysql:\/\/": the only database is PostgreSQL/],
  ['mysql+aiomysql://u:secret@h/d', /the only database is PostgreSQL/],
  ['https://u:secret@h/d', /the only database is PostgreSQL/],
  ['postgresql://u:secret@h/d?sslrootcert=x', /unknown parameter "sslrootcert".*known: application_name/],
  ['postgresql://u:secret@h/d?ssl=true', /unknown parameter "ssl"/],
  ['postgresql://h/d?host', /unknown parameter "host"|parameter/],
  ['postgresql://u:secret@h/d?sslmode=on', /unknown sslmode "on"; known: disable, allow/],
  ['postgresql://u:secret@h:0/d', /port .* from 1 to 65535/],
  ['postgresql://u:secret@h:65536/d', /port .* from 1 to 65535/],
  ['postgresql://u:secret@h:5x/d', /port .* from 1 to 65535/],
  ['postgresql://u:secret@a,b/d', /one host/],
  ['postgresql://u:secret@a:1,b:2/d', /one host/],
  ['postgresql://u:secret@::1/d', /brackets/],
  ['postgresql://u:secret%zz@h/d', /password .* not correctly percent-encoded/],
  ['postgresql://u:secret/x@h/d', /"\/" or "\?" before its "@"/],
  ['postgresql://u:secret?x@h/d', /"\/" or "\?" before its "@"/],
  ['postgresql://:secret@h', /names no database/],
  ['postgresql://u:secret@h/d?connect_timeout=soon', /connect_timeout must be whole seconds/],
];

describe('parseConnectionString', () => {
  test.each(accepted)('reads %s', (text, address) => {
    expect(parseConnectionString(text)).toEqual(address);
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

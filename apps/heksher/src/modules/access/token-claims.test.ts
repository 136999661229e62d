import { readClaims } from './token-claims.js';

const NOTHING = { roles: undefined, context: new Map<string, string>() };
const READ = { action: 'read', pattern: '*' };

it.each([
  [{ sub: 'a', client_id: 'a' }, 'machine', 'a'],
  [{ sub: 'a', azp: 'a' }, 'machine', 'a'],
  [{ sub: 'ann', client_id: 'a' }, 'user', 'a'],
  [{ sub: 'ann', azp: 'a' }, 'user', 'a'],
  [{ sub: 'ann', client_id: 'a', azp: 'ann' }, 'user', 'a'],
  [{ sub: 'a@clients', azp: 'a', gty: 'client-credentials' }, 'machine', 'a'],
  [{ sub: '5e3c', azp: 'a', idtyp: 'app' }, 'machine', 'a'],
  [{ sub: 'ann', azp: 'a', gty: 'password' }, 'user', 'a'],
  [{ sub: 'ann' }, 'user', undefined],
  [{ sub: 'ann', client_id: ['ann'] }, 'user', undefined],
] as const)('says of %j whether a user or a machine asks', (claims, kind, client) => {
  const read = readClaims(claims, NOTHING);
  expect([read.kind, read.client]).toEqual([kind, client]);
});

it.each([
  [{ scope: 'openid heksher:read' }, [READ]],
  [{ scp: 'heksher:read' }, [READ]],
  [{ scp: ['x', 'heksher:read', 5] }, [READ]],
  [{ scope: ['heksher:read'] }, [READ]],
  [{ scope: 'heksher:read heksher:admin' }, [READ, { action: 'admin', pattern: '*' }]],
  // The same characters in one text of a list are no scopes.
  [{ scp: ['heksher:read heksher:admin'] }, []],
  [{ scope: 5 }, []],
  [{}, []],
])('reads the scopes of %j', (claims, scopes) => {
  expect(readClaims(claims, NOTHING).scopes).toEqual(scopes);
});

it.each([
  ['roles', { roles: ['a', 'b', 5, null] }, ['a', 'b']],
  ['roles', { roles: 'a b' }, ['a b']],
  ['realm_access.roles', { realm_access: { roles: ['a'] } }, ['a']],
  ['realm_access.roles', { 'realm_access.roles': ['b'], realm_access: { roles: ['a'] } }, ['b']],
  ['https://example.com/roles', { 'https://example.com/roles': ['a'] }, ['a']],
  ['roles.0', { roles: ['a'] }, ['a']],
  ['roles', { roles: { a: true } }, []],
  ['roles.deep', { roles: 'a' }, []],
  ['roles', {}, []],
])('finds the roles of %s', (roles, claims, expected) => {
  expect(readClaims(claims, { ...NOTHING, roles }).roles).toEqual(expected);
});

describe('claims as context', () => {
  const read = (claims: Readonly<Record<string, unknown>>) => [
    ...readClaims(claims, { ...NOTHING, context: new Map([['account', 'org.tenant']]) }).claimed,
  ];

  it.each(['jim', 5, true, 'a@b+c', 'é'])('take %j as its text', (tenant) => {
    expect(read({ org: { tenant } })).toEqual([['account', String(tenant)]]);
  });

  it.each([{}, { org: {} }, { org: { tenant: null } }, { org: 'jim' }])('take nothing from %j', (claims) => {
    expect(read(claims)).toEqual([]);
  });

  it.each([[['jim']], [{ a: 1 }], ['a b'], [''], [2 ** 60], [0.5], ['x'.repeat(256)]])('refuse %j', (tenant) => {
    expect(() => read({ org: { tenant } })).toThrow('is no value of the context feature account');
  });
});
